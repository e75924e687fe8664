-- The embedded silo's reminders: alarms that survive restarts. Orleans mode keeps its own table.
CREATE SEQUENCE reminder_version CACHE 100;

CREATE TABLE reminder (
    grain_id  text COLLATE "C" NOT NULL, -- <grain type>/<key>
    name      text COLLATE "C" NOT NULL,
    start_at  timestamptz NOT NULL,
    period_ms bigint NOT NULL,
    version   bigint NOT NULL DEFAULT nextval('reminder_version'),
    PRIMARY KEY (grain_id, name)
) WITH (fillfactor = 85);
