-- One row per grain. Lists are answered from the same rows that grains write, so a list never disagrees with a get.

-- Versions are drawn, not counted: a row that is removed and made again never repeats one, so no stale writer can match it.
CREATE SEQUENCE grain_state_version CACHE 100;

CREATE TABLE grain_state (
    kind        text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    version     bigint NOT NULL DEFAULT nextval('grain_state_version'),
    created_at  timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    state       jsonb NOT NULL,

    -- What databases are filtered by. Columns rather than expressions in the indexes: PostgreSQL compares columns before and
    -- after an update, and touches no index when none of them changed, which is most updates of a database.
    owner_team  text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN kind = 'database' THEN state ->> 'owner_team' END) STORED,
    name        text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN kind = 'database' THEN state ->> 'name' END) STORED,
    tier        text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN kind = 'database' THEN state -> 'tier' ->> 'id' END) STORED,
    status      text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN kind = 'database' THEN state ->> 'status' END) STORED,
    settled     boolean GENERATED ALWAYS AS (CASE WHEN kind = 'database' THEN coalesce((state -> 'settled')::boolean, false) END) STORED,

    PRIMARY KEY (kind, key)
) WITH (fillfactor = 85); -- room in the page for the next version of a row

-- A name is taken until its database is archived or deleted.
CREATE UNIQUE INDEX database_name ON grain_state (owner_team, name)
    WHERE kind = 'database' AND status NOT IN ('archived', 'deleted');

-- A page is read status by status, each newest first from its own place in one of these, and merged: as quick on the last
-- page as on the first, and however many deleted ones there are. Ids sort by age.
CREATE INDEX database_by_status ON grain_state (status, key) WHERE kind = 'database';
CREATE INDEX database_by_team ON grain_state (owner_team, status, key) WHERE kind = 'database';
CREATE INDEX database_by_tier ON grain_state (tier, status, key) WHERE kind = 'database';
CREATE INDEX database_by_name ON grain_state (name, status, key) WHERE kind = 'database';

-- What a starting server has to look at: few at any time.
CREATE INDEX database_unsettled ON grain_state (key) WHERE kind = 'database' AND NOT settled;

-- Tiers and API keys are named by people or at random; they are listed by their age.
CREATE INDEX listed_by_age ON grain_state (kind, created_at, key) WHERE kind IN ('tier', 'api-key');
