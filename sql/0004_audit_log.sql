-- Who changed or tried to change what. Only ever added to.
CREATE TABLE audit_log (
    id             text COLLATE "C" PRIMARY KEY, -- sorts by age
    at             timestamptz NOT NULL,
    request_id     text NOT NULL,
    team           text COLLATE "C",
    role           text,
    api_key_id     text,
    action         text NOT NULL,
    resource       text NOT NULL,
    outcome        text NOT NULL,
    status         integer NOT NULL,
    remote_address text
);

CREATE INDEX audit_log_by_team ON audit_log (team, id);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
