-- Who holds how much of a tier's quota: a row per database, so that a reservation costs the same however many there are.
CREATE TABLE quota_reservation (
    tier        text COLLATE "C" NOT NULL,
    database_id text COLLATE "C" NOT NULL,
    cpu_cores   numeric NOT NULL,
    memory_gib  numeric NOT NULL,
    storage_gib numeric NOT NULL,
    databases   integer NOT NULL,
    reserved_at timestamptz NOT NULL,
    PRIMARY KEY (tier, database_id)
);

-- A write names the version that it was reckoned from; of two writers one loses.
CREATE TABLE quota_ledger (
    tier    text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL
) WITH (fillfactor = 50); -- a few rows that change with every reservation: keep their versions in their page
