-- Which silos there are, for Orleans' AdoNet clustering. Applied in Orleans mode only, after the migrations of the folder above.

-- Orleans names this table and its columns. Each provider reads all of it at start, and refuses to start when a text is missing.
-- It binds parameters by name and reads answers by column name; how a text does its work is ours.
CREATE TABLE OrleansQuery (
    QueryKey  varchar(64) PRIMARY KEY,
    QueryText varchar(8000) NOT NULL
);

-- One row a cluster. Its version is what makes membership consistent: whoever changes who is in the cluster names the version
-- that the change was reckoned from, and raises it. Of two that read the same one, the second is refused.
CREATE TABLE orleans_cluster (
    deployment_id varchar(150) COLLATE "C" PRIMARY KEY, -- Orleans' cluster id
    version       integer NOT NULL DEFAULT 0,
    changed_at    timestamptz(3) NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE orleans_silo (
    deployment_id   varchar(150) COLLATE "C" NOT NULL,
    address         varchar(45) COLLATE "C" NOT NULL,
    port            integer NOT NULL,
    generation      integer NOT NULL, -- told anew at each start, so that a silo that comes back is another one
    silo_name       varchar(150) NOT NULL,
    host_name       varchar(150) NOT NULL,
    status          integer NOT NULL, -- Orleans.Runtime.SiloStatus; 3 is active, 6 dead
    proxy_port      integer, -- the gateway for clients outside the cluster; 0 or null without one
    suspect_times   varchar(8000), -- who missed it, and when; enough of them declare it dead
    start_time      timestamptz(3) NOT NULL,
    i_am_alive_time timestamptz(3) NOT NULL, -- written by the silo itself every few seconds, outside the version
    PRIMARY KEY (deployment_id, address, port, generation)
) WITH (fillfactor = 70);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('GatewaysQueryKey', $$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
    FROM orleans_silo
    WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
$$),

-- A cluster without silos still answers a row, with its version.
('MembershipReadAllKey', $$
    SELECT cluster.deployment_id AS DeploymentId, address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName,
        host_name AS HostName, status AS Status, proxy_port AS ProxyPort, suspect_times AS SuspectTimes, start_time AS StartTime,
        i_am_alive_time AS IAmAliveTime, version AS Version
    FROM orleans_cluster AS cluster
    LEFT JOIN orleans_silo AS silo ON silo.deployment_id = cluster.deployment_id
    WHERE cluster.deployment_id = @DeploymentId
$$),
('MembershipReadRowKey', $$
    SELECT cluster.deployment_id AS DeploymentId, address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName,
        host_name AS HostName, status AS Status, proxy_port AS ProxyPort, suspect_times AS SuspectTimes, start_time AS StartTime,
        i_am_alive_time AS IAmAliveTime, version AS Version
    FROM orleans_cluster AS cluster
    LEFT JOIN orleans_silo AS silo
        ON silo.deployment_id = cluster.deployment_id AND address = @Address AND port = @Port AND generation = @Generation
    WHERE cluster.deployment_id = @DeploymentId
$$),

('InsertMembershipVersionKey', $$
    WITH made AS (
        INSERT INTO orleans_cluster (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer FROM made
$$),

-- The cluster's row is changed first and only at the version given, and everything else depends on that: two writers meet at its
-- lock, and the second finds another version there and changes nothing.
('InsertMembershipKey', $$
    WITH raised AS (
        UPDATE orleans_cluster SET version = version + 1, changed_at = now()
        WHERE deployment_id = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT FROM orleans_silo
            WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING deployment_id),
    joined AS (
        INSERT INTO orleans_silo (
            deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
        SELECT deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
        RETURNING 1)
    SELECT count(*)::integer FROM joined
$$),
('UpdateMembershipKey', $$
    WITH raised AS (
        UPDATE orleans_cluster SET version = version + 1, changed_at = now()
        WHERE deployment_id = @DeploymentId AND version = @Version AND EXISTS (
            SELECT FROM orleans_silo
            WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING deployment_id),
    changed AS (
        UPDATE orleans_silo SET status = @Status, suspect_times = @SuspectTimes, i_am_alive_time = @IAmAliveTime
        FROM raised
        WHERE orleans_silo.deployment_id = raised.deployment_id AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING 1)
    SELECT count(*)::integer FROM changed
$$),

('UpdateIAmAlivetimeKey', $$
    UPDATE orleans_silo SET i_am_alive_time = @IAmAliveTime
    WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),
('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM orleans_silo WHERE deployment_id = @DeploymentId AND i_am_alive_time < @IAmAliveTime AND status <> 3
$$),
('DeleteMembershipTableEntriesKey', $$
    WITH silos AS (DELETE FROM orleans_silo WHERE deployment_id = @DeploymentId)
    DELETE FROM orleans_cluster WHERE deployment_id = @DeploymentId
$$);
