-- Pages of the audit log, newest first, by what it is filtered by. Ids sort by age, so a span of time is a span of ids.
CREATE INDEX audit_log_by_api_key ON audit_log (api_key_id, id);
CREATE INDEX audit_log_by_resource ON audit_log (resource, id);
CREATE INDEX audit_log_by_action ON audit_log (action, id);

-- Most entries are accepted ones; they need no index to be found.
CREATE INDEX audit_log_refused ON audit_log (outcome, id) WHERE outcome <> 'accepted';

-- The server's own role may add and read. It owns the table, since it made it, so it could grant itself the rest again, and a
-- superuser is asked for no privileges at all: for those two the trigger is there, which stops a statement whoever sends it. To get
-- past both, somebody has to change the schema, and does not do that by mistake. An operator who wants more lets another role run
-- the migrations and gives the server's INSERT and SELECT; no role is made here, because roles belong to the whole PostgreSQL.
REVOKE ALL ON audit_log FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON audit_log FROM CURRENT_USER;
