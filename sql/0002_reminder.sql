-- Reminders: alarms that survive restarts. The embedded silo and Orleans (see orleans/) share them.
CREATE SEQUENCE reminder_version CACHE 100;

CREATE TABLE reminder (
    grain_id  text COLLATE "C" NOT NULL, -- <grain type>/<key>
    name      text COLLATE "C" NOT NULL,
    start_at  timestamptz NOT NULL,
    period_ms bigint NOT NULL,
    version   bigint NOT NULL DEFAULT nextval('reminder_version'),
    PRIMARY KEY (grain_id, name)
) WITH (fillfactor = 85);
