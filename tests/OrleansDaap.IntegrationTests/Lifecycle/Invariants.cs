using System.Text.Json;
using OrleansDaap.Databases;
using Xunit;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>What holds once everything has had its time, whatever happened before.</summary>
internal sealed class Invariants(CrashableServer server, LifecycleRun run)
{
    /// <summary>
    /// At 2 s of the test's clock for each look that is over half an hour: a place in the quota whose database never came to be is found by
    /// the second look for such, after 20 minutes.
    /// </summary>
    private const int MostLooks = 1200;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    /// <summary>The backend is back and nothing hangs; what is broken may stay so. Then time passes until all is as it ought to be.</summary>
    public async Task HoldAsync()
    {
        server.Backend.Unreachable = false;
        // A move that cannot end holds a place in both tiers, and a restore that cannot end its source's backups: right, and not what is held below.
        foreach (var id in run.Model.Stalled.Except(run.Model.Broken).Union(run.Model.Moving).Union(run.Model.WithoutBackups).Union(run.Model.HoldingUp.Select(restore => restore.Id)).ToArray())
            run.Heal(id);
        run.Model.Moving.Clear();
        await HoldAsync(SettledAsync);
        await HoldAsync(BackupsAsync);
        await HoldAsync(QuotasAsync);
        // One in error may not have been tried again yet since its backend is back.
        await HoldAsync(() => Task.FromResult(Clusters()));
        Assert.Null(await AuditAsync());
    }

    private async Task HoldAsync(Func<Task<string?>> violation)
    {
        var last = await violation();
        for (var look = 0; last is not null && look < MostLooks; look++)
        {
            server.Clock.Advance(Pace);
            last = await violation();
        }

        Assert.True(last is null, last);
    }

    /// <summary>Every accepted database is what it is to be, or in error with a reason; and nothing is there that nobody was promised.</summary>
    private async Task<string?> SettledAsync()
    {
        // One that is deleted between the two looks is in both.
        var records = (await run.ListAsync("/databases")).Concat(await run.ListAsync("/databases?status=deleted"))
            .GroupBy(record => record.GetProperty("id").GetString()!).ToDictionary(group => group.Key, group => group.Last());
        foreach (var database in run.Model.Databases)
        {
            if (!records.Remove(database.Id.Value, out var record))
                return $"{database.Id} was accepted and is not there.";
            var status = record.GetProperty("status").GetString();
            var isDone = status == Status(database.Wanted);
            var isExplained = status == "error" && run.Model.Broken.Contains(database.Id) && record.GetProperty("status_reason").ValueKind == JsonValueKind.Object;
            if (!(isDone || isExplained))
                return $"{database.Id} should be {Status(database.Wanted)}: {record}";
            if (database.Purpose is { } purpose && record.GetProperty("purpose").GetString() != purpose)
                return $"The purpose of {database.Id} should be {purpose}: {record}";
        }

        return records.Count == 0 ? null : $"Nobody was promised {records.Values.First()}";
    }

    /// <summary>Every backup that was asked for has ended, and one that is told to have succeeded is there as long as its database's backups are.</summary>
    private async Task<string?> BackupsAsync()
    {
        foreach (var database in run.Model.Databases.Where(database => !run.Model.Broken.Contains(database.Id)))
        {
            var asked = (await run.ListAsync($"/databases/{database.Id}/operations")).Where(operation => operation.GetProperty("kind").GetString() == "backup").ToArray();
            if (asked.Length == 0) continue;
            var kept = database.Wanted == WantedCluster.Gone ? null
                : (await run.ListAsync($"/databases/{database.Id}/backups")).Select(backup => (backup.GetProperty("id").GetString(), backup.GetProperty("status").GetString())).ToHashSet();
            foreach (var backup in asked)
            {
                var (id, status) = (backup.GetProperty("id").GetString(), backup.GetProperty("status").GetString());
                // The backend may have ended it in the moment in which nobody wanted it any more.
                var isSuperseded = status == "failed" && backup.GetProperty("error").GetProperty("code").GetString() == "superseded";
                if (status == "running" || (kept?.Contains((id, status)) == false && !isSuperseded)) return $"{backup} should have ended, and be in the list as it did.";
            }
        }

        return null;
    }

    /// <summary>What is used is the sum of what the databases with a cluster cost, and what is limited is what was asked for.</summary>
    private async Task<string?> QuotasAsync()
    {
        var deleted = (await run.ListAsync("/databases?status=deleted")).Concat(await run.ListAsync("/databases?status=archived")).Select(record => record.GetProperty("id").GetString()).ToHashSet();
        foreach (var tier in run.Model.Tiers)
        {
            var quota = await run.GetAsync($"/tiers/{tier.Id}/quota");
            var used = quota.GetProperty("used");
            var live = run.Model.Of(tier).Where(database => !deleted.Contains(database.Id.Value)).ToArray();
            var sum = (live.Length, live.Sum(database => database.CpuCores), live.Length, live.Length);
            var shown = (
                used.GetProperty("databases").GetInt32(), used.GetProperty("cpu_cores").GetInt32(),
                used.GetProperty("memory_gib").GetInt32(), used.GetProperty("storage_gib").GetInt32());
            var limit = quota.GetProperty("limits").GetProperty("databases");
            if (shown != sum)
                return $"{tier.Id} shows {shown} as used and its databases cost {sum}.";
            if ((limit.ValueKind == JsonValueKind.Null ? (int?)null : limit.GetInt32()) != tier.Limit)
                return $"{tier.Id} should be limited to {tier.Limit}: {quota}";
        }

        return null;
    }

    /// <summary>No cluster without a record that wants it or is still about to remove it, and no record without its cluster.</summary>
    private string? Clusters()
    {
        var clusters = server.Backend.Clusters.ToHashSet();
        var known = run.Model.Databases.ToDictionary(database => database.Id, database => database.Wanted);
        foreach (var cluster in clusters)
        {
            if (!known.TryGetValue(cluster, out var wanted) || (wanted is WantedCluster.Gone or WantedCluster.Archived && !run.Model.Broken.Contains(cluster)))
                return $"The cluster {cluster} is nobody's.";
        }

        foreach (var (id, wanted) in known)
        {
            if (wanted is not (WantedCluster.Gone or WantedCluster.Archived) && !clusters.Contains(id))
                return $"The database {id} has no cluster.";
        }

        return null;
    }

    /// <summary>Every change has its one entry, and no entry tells of a change that was not made.</summary>
    private async Task<string?> AuditAsync()
    {
        var entries = (await run.ListAsync("/audit-log?outcome=accepted")).CountBy(entry => entry.GetProperty("request_id").GetString()!).ToDictionary();
        foreach (var (request, isAccepted) in run.Model.Requests)
        {
            entries.Remove(request, out var count);
            if (isAccepted is { } accepted ? count != (accepted ? 1 : 0) : count > 1)
                return $"{request} was {(isAccepted == true ? "" : "not ")}accepted, and is in the audit log {count} times.";
        }

        return entries.Count == 0 ? null : $"The audit log has an entry of the request {entries.First().Key}, which nobody made.";
    }

    private static string Status(WantedCluster wanted) => wanted switch
    {
        WantedCluster.Running => "ready",
        WantedCluster.Frozen => "frozen",
        WantedCluster.Archived => "archived",
        WantedCluster.Gone => "deleted",
    };
}
