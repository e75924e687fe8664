-- Requests that carried an Idempotency-Key, for a day: reserved before their work begins, answered after it has ended.
CREATE SEQUENCE idempotency_claim CACHE 100;

CREATE TABLE idempotency (
    team        text COLLATE "C" NOT NULL,
    route       text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    body_hash   text NOT NULL,
    claim       bigint NOT NULL, -- drawn anew by whoever takes the request over: only the last one may answer
    silo_token  bigint NOT NULL, -- the active node's, see silo_fence; 0 where many nodes are active
    resource_id text NOT NULL,   -- names what the request makes, however often it is tried
    lease_until timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    status      integer,         -- null until it is answered
    answer      jsonb,
    PRIMARY KEY (team, route, key)
) WITH (fillfactor = 70); -- every row is written twice

CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
