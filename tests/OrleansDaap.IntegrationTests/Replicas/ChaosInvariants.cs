using System.Text.Json;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>What holds in the end: what every caller was answered is so, and nothing else is.</summary>
internal sealed class ChaosInvariants(RetryingClient client, TestKubernetes kubernetes, IReadOnlyList<ChaosDatabase> databases)
{
    /// <summary>Waits for the work that was accepted as long as there is progress, and fails with what is not as it ought to be.</summary>
    public async Task HoldAsync()
    {
        foreach (var violation in (Func<Task<string?>>[])[RecordsAsync, QuotaAsync, ClustersAsync, AuditAsync])
        {
            for (var last = await violation(); last is not null;)
            {
                var before = last;
                await ServerProcess.UntilAsync(async () => (last = await violation()) != before, () => before);
            }
        }
    }

    private async Task<string?> RecordsAsync()
    {
        var records = (await client.ListAsync("/databases")).Concat(await client.ListAsync("/databases?status=deleted"))
            .GroupBy(Id).ToDictionary(group => group.Key, group => group.Last());
        var wrong = databases.Where(database =>
            !records.Remove(database.Id, out var record) || record.GetProperty("status").GetString() != database.Status).ToArray();
        if (wrong.Length > 0)
            return $"{wrong.Length} are not as they were promised; {wrong[0].Id} should be {wrong[0].Status} and is {(await client.SendAsync(HttpMethod.Get, $"/databases/{wrong[0].Id}")).Json}";
        return records.Count == 0 ? null : $"Nobody was promised {records.Values.First()}";
    }

    private async Task<string?> QuotaAsync()
    {
        var used = (await client.SendAsync(HttpMethod.Get, $"/tiers/{Tiers.Name}/quota")).Json.GetProperty("used");
        var held = Kept().Count;
        return (used.GetProperty("databases").GetInt32(), used.GetProperty("cpu_cores").GetInt32()) == (held, held)
            ? null
            : $"{held} databases hold a place, and the quota shows {used}.";
    }

    private Task<string?> ClustersAsync()
    {
        var kept = Kept();
        var clusters = kubernetes.Server.Store.Snapshot(Kinds.Cluster).Objects.Values.Select(cluster => cluster.Key.Name).ToHashSet();
        return Task.FromResult(kept.SetEquals(clusters)
            ? null
            : $"Without a cluster: {string.Join(", ", kept.Except(clusters))}; clusters of nobody: {string.Join(", ", clusters.Except(kept))}.");
    }

    /// <summary>Each request that was answered with success has its entry; two where a standby repeated it, whose first answer was lost.</summary>
    private async Task<string?> AuditAsync()
    {
        var entries = (await client.ListAsync("/audit-log?outcome=accepted")).Select(entry => entry.GetProperty("request_id").GetString()).ToHashSet();
        return client.Succeeded.FirstOrDefault(request => !entries.Contains(request)) is { } missing
            ? $"{missing} succeeded, and is not in the audit log."
            : null;
    }

    private HashSet<string> Kept() => [.. databases.Where(database => database.Status != ChaosDatabase.Deleted).Select(database => database.Id)];

    private static string Id(JsonElement record) => record.GetProperty("id").GetString()!;
}
