using System.Text.Json.Nodes;
using Npgsql;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>Thousands of databases on Kubernetes: copies of one that the server and the operator's double made, in the test API server and in the store.</summary>
internal static class ClusterPopulation
{
    public const int Clusters = 5000;

    private static readonly string Fill =
        $"""
        CREATE TEMP TABLE filler AS SELECT 'db-' || lpad(to_hex(i), 26, '0') AS id, i FROM generate_series(1, {Clusters - 1}) AS i;

        INSERT INTO grain_state (kind, key, created_at, modified_at, state)
            SELECT 'database', id, now(), now(), replace(model.state::text, model.key, id)::jsonb || jsonb_build_object('name', 'copy-' || i)
            FROM filler, (SELECT key, state FROM grain_state WHERE kind = 'database' LIMIT 1) AS model;

        INSERT INTO quota_reservation (tier, database_id, cpu_cores, memory_gib, storage_gib, databases, reserved_at)
            SELECT 'dev', id, 1, 1, 1, 1, now() FROM filler;

        -- As in life, spread over their period.
        INSERT INTO reminder (grain_id, name, start_at, period_ms)
            SELECT split_part(model.grain_id, '/', 1) || '/' || id, model.name, now() + model.period_ms * random() * interval '1 ms', model.period_ms
            FROM filler, (SELECT * FROM reminder WHERE grain_id LIKE '%/db-%' LIMIT 1) AS model;
        """;

    public static async Task AddAsync(TestKubernetes kubernetes, ScratchDirectory data, string model)
    {
        foreach (var kind in new[] { ResourceKind.Secret, ResourceKind.NetworkPolicy, Kinds.Cluster })
        {
            foreach (var found in kubernetes.Server.Store.Snapshot(kind).Objects.Values.Where(found => found.Key.Name.StartsWith(model, StringComparison.Ordinal)))
                Copy(kubernetes, kind, found.Key, model, found.ToJson().ToJsonString());
        }

        await using var platform = NpgsqlDataSource.Create($"Host={data.Path}/platform;Port=5432;Username=postgres;Database=daap;Pooling=false");
        foreach (var sql in new[] { Fill, "VACUUM ANALYZE" })
        {
            await using var command = platform.CreateCommand(sql);
            command.CommandTimeout = 300;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void Copy(TestKubernetes kubernetes, ResourceKind kind, ObjectKey key, string model, string json)
    {
        for (var i = 1; i < Clusters; i++)
        {
            var id = $"db-{i:x26}";
            var copy = JsonNode.Parse(json.Replace(model, id, StringComparison.Ordinal))!.AsObject();
            copy["metadata"]!["uid"] = Guid.NewGuid().ToString();
            var name = key.Name.Replace(model, id, StringComparison.Ordinal);

            // The operator's double has no part in what is steady; and it says which secret the copy has.
            kubernetes.Operator.Moods.Ignored[id] = true;
            if (copy["status"]?["secretsResourceVersion"] is JsonObject versions)
                versions["applicationSecretVersion"] = $"{kubernetes.Server.Store.Find(ResourceKind.Secret, key with { Name = $"{id}-app" })!.Revision}";
            kubernetes.Server.Store.Put(kind, key with { Name = name }, copy);
        }
    }
}
