using Npgsql;

namespace OrleansDaap.Benchmarks;

/// <summary>
/// A hundred thousand databases, as rows: copies of one that the server made itself, with ids, owners, names, tiers and statuses of
/// their own, and their places in the quotas, reminders and audit entries.
/// </summary>
internal static class Population
{
    public const int Databases = 100_000;
    public const int Teams = 500;

    public static readonly string[] Tiers = ["dev", "small", "medium", "large"];

    // Teams differ: the first has some 4,000 databases, the last ones a hundred, and the name db-1 is everybody's. Nine in ten are
    // ready, the rest is of all kinds. The reminders are due after the measurement, which is not about them.
    private static readonly string Fill =
        $"""
        CREATE TEMP TABLE filler AS
            SELECT 'db-' || lpad(to_hex(i), 26, '0') AS id, 'team-' || team AS team,
                'db-' || row_number() OVER (PARTITION BY team ORDER BY i) AS name,
                (ARRAY['dev', 'dev', 'dev', 'small', 'small', 'medium', 'medium', 'large'])[1 + i / 7 % 8] AS tier,
                CASE WHEN i % 10 > 0 THEN 'ready' ELSE (ARRAY['frozen', 'archived', 'deleted', 'deleted', 'error'])[1 + i / 10 % 5] END AS status
            FROM (SELECT i, 1 + floor({Teams} * power((i::bigint * 7919 % 100003) / 100003.0, 2))::int AS team
                FROM generate_series(1, {Databases}) AS i) AS placed;

        INSERT INTO grain_state (kind, key, created_at, modified_at, state)
            SELECT 'database', id, now(), now(), model.state || jsonb_build_object(
                'id', id, 'owner_team', team, 'name', name, 'status', status, 'tier', (model.state -> 'tier') || jsonb_build_object('id', tier))
            FROM filler, (SELECT state FROM grain_state WHERE kind = 'database' LIMIT 1) AS model;

        INSERT INTO quota_ledger (tier, version) SELECT DISTINCT tier, 1 FROM filler ON CONFLICT DO NOTHING;

        INSERT INTO quota_reservation (tier, database_id, cpu_cores, memory_gib, storage_gib, databases, reserved_at)
            SELECT tier, id, 1, 1, 1, 1, now() FROM filler WHERE status NOT IN ('archived', 'deleted');

        INSERT INTO reminder (grain_id, name, start_at, period_ms)
            SELECT split_part(model.grain_id, '/', 1) || '/' || id, model.name, now() + interval '1 hour', model.period_ms
            FROM filler, (SELECT * FROM reminder WHERE grain_id LIKE '%/db-%' LIMIT 1) AS model WHERE status <> 'deleted';

        INSERT INTO audit_log (id, at, request_id, team, role, api_key_id, action, resource, outcome, status, remote_address)
            SELECT substr(filler.id, 4), now(), request_id, filler.team, role, api_key_id, action, 'databases/' || filler.id, outcome, model.status, remote_address
            FROM filler, (SELECT * FROM audit_log WHERE action LIKE '%database%' LIMIT 1) AS model;
        """;

    /// <summary>Adds them to a store that holds one database which is ready.</summary>
    public static async Task AddAsync(NpgsqlDataSource platform)
    {
        foreach (var sql in new[] { Fill, "VACUUM ANALYZE" })
        {
            await using var command = platform.CreateCommand(sql);
            command.CommandTimeout = 300;
            await command.ExecuteNonQueryAsync();
        }
    }
}
