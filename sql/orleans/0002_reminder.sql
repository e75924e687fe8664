-- Reminders, for Orleans' AdoNet reminder service. They live in the table that the embedded silo uses, so that none is lost when an
-- installation changes from one silo to the other, and so that looking for databases without one is the same question in both.

-- Each silo of a cluster looks after the reminders of the grains whose hash lies in its part of a ring, so rows need the hash that
-- Orleans reckons (Orleans.Runtime.GrainId.GetUniformHashCode, stable because it is stored: 31 times the hash of the type plus that
-- of the key, each an XXH32 of its UTF-8 with the bytes turned round). The embedded silo does not know it, so it is reckoned here.
-- The body names nothing but PostgreSQL's own functions: a dump is restored with an empty search path.
CREATE FUNCTION orleans_grain_hash(grain_id text) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    word   CONSTANT bigint := 4294967296; -- all arithmetic is modulo this; products need numeric
    mask   CONSTANT bigint := 4294967295;
    prime1 CONSTANT numeric := 2654435761;
    prime2 CONSTANT numeric := 2246822519;
    prime3 CONSTANT numeric := 3266489917;
    prime4 CONSTANT numeric := 668265263;
    prime5 CONSTANT bigint := 374761393;
    slash  CONSTANT integer := strpos(grain_id, '/');
    total  bigint := 0;
    part   text;
    bytes  bytea;
    size   integer;
    place  integer;
    lane   bigint;
    lanes  bigint[];
    hash   bigint;
BEGIN
    FOREACH part IN ARRAY ARRAY[left(grain_id, slash - 1), substr(grain_id, slash + 1)] LOOP
        bytes := convert_to(part, 'UTF8');
        size := length(bytes);
        place := 0;
        hash := prime5;
        IF size >= 16 THEN
            lanes := ARRAY[606290984, 2246822519, 0, 1640531535];
            WHILE place <= size - 16 LOOP
                FOR i IN 1..4 LOOP
                    lane := get_byte(bytes, place) + 256 * get_byte(bytes, place + 1) + 65536 * get_byte(bytes, place + 2)
                        + 16777216::bigint * get_byte(bytes, place + 3);
                    lane := (lanes[i] + lane * prime2) % word;
                    lanes[i] := ((((lane << 13) | (lane >> 19)) & mask) * prime1) % word;
                    place := place + 4;
                END LOOP;
            END LOOP;
            hash := (((lanes[1] << 1) | (lanes[1] >> 31)) & mask) + (((lanes[2] << 7) | (lanes[2] >> 25)) & mask)
                + (((lanes[3] << 12) | (lanes[3] >> 20)) & mask) + (((lanes[4] << 18) | (lanes[4] >> 14)) & mask);
        END IF;

        hash := (hash + size) % word;
        WHILE place <= size - 4 LOOP
            lane := get_byte(bytes, place) + 256 * get_byte(bytes, place + 1) + 65536 * get_byte(bytes, place + 2)
                + 16777216::bigint * get_byte(bytes, place + 3);
            hash := (hash + lane * prime3) % word;
            hash := ((((hash << 17) | (hash >> 15)) & mask) * prime4) % word;
            place := place + 4;
        END LOOP;

        WHILE place < size LOOP
            hash := (hash + get_byte(bytes, place) * prime5) % word;
            hash := ((((hash << 11) | (hash >> 21)) & mask) * prime1) % word;
            place := place + 1;
        END LOOP;

        hash := ((hash # (hash >> 15)) * prime2) % word;
        hash := ((hash # (hash >> 13)) * prime3) % word;
        hash := hash # (hash >> 16);
        hash := ((hash & 255) << 24) | ((hash & 65280) << 8) | ((hash >> 8) & 65280) | (hash >> 24);
        total := (total * 31 + hash) % word;
    END LOOP;

    -- The same 32 bits with a sign, as Orleans compares them.
    RETURN CASE WHEN total > 2147483647 THEN total - word ELSE total END;
END $$;

ALTER TABLE reminder ADD COLUMN grain_hash integer GENERATED ALWAYS AS (orleans_grain_hash(grain_id)) STORED;

CREATE INDEX reminder_by_hash ON reminder (grain_hash);

-- A row's version is drawn from the table's sequence, so a reminder that was removed and made again never repeats one. Orleans
-- carries it in 32 bits. There is one service a database, so its id (@ServiceId) selects nothing.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('UpsertReminderRowKey', $$
    INSERT INTO reminder (grain_id, name, start_at, period_ms) VALUES (@GrainId, @ReminderName, @StartTime, @Period)
    ON CONFLICT (grain_id, name) DO UPDATE
        SET start_at = excluded.start_at, period_ms = excluded.period_ms, version = nextval('reminder_version')
    RETURNING (version & 2147483647)::integer AS Version
$$),
('ReadReminderRowsKey', $$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, (version & 2147483647)::integer AS Version
    FROM reminder WHERE grain_id = @GrainId
$$),
('ReadReminderRowKey', $$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, (version & 2147483647)::integer AS Version
    FROM reminder WHERE grain_id = @GrainId AND name = @ReminderName
$$),

-- A part of the ring that does not pass its seam, and one that does (or is the whole ring, where both ends are the same).
('ReadRangeRows1Key', $$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, (version & 2147483647)::integer AS Version
    FROM reminder WHERE grain_hash > @BeginHash AND grain_hash <= @EndHash
$$),
('ReadRangeRows2Key', $$
    SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, (version & 2147483647)::integer AS Version
    FROM reminder WHERE grain_hash > @BeginHash OR grain_hash <= @EndHash
$$),

('DeleteReminderRowKey', $$
    WITH removed AS (
        DELETE FROM reminder WHERE grain_id = @GrainId AND name = @ReminderName AND (version & 2147483647)::integer = @Version RETURNING 1)
    SELECT count(*)::integer FROM removed
$$),
('DeleteReminderRowsKey', 'DELETE FROM reminder');
