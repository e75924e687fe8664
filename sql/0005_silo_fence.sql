-- The token of the node that is active now. Each new holder of the lease raises it, so that what an older holder still sends
-- is told apart.
CREATE TABLE silo_fence (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    token    bigint NOT NULL
);

INSERT INTO silo_fence (token) VALUES (0);

-- The first statement of every write transaction. The shared lock is kept until its commit, and raising the token takes the
-- lock exclusively (1145127248 is 'DAAP'; 2 the fence): between this check and the commit the token cannot move.
CREATE FUNCTION assert_silo_fence(held bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    current_token bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1145127248, 2);
    SELECT token INTO current_token FROM silo_fence;
    IF current_token IS DISTINCT FROM held THEN
        RAISE EXCEPTION 'Fencing token % is no longer the current one (%).', held, current_token USING ERRCODE = 'DF001';
    END IF;
END $$;
