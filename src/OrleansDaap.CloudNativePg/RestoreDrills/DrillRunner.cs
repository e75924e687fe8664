using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.RestoreDrills;

/// <summary>Restores the newest backup of a database to a scratch cluster, one at a time, and sees whether it is what its source is.</summary>
internal sealed class DrillRunner(
    ObjectBook book, ScratchClusters scratch, OwnerSecrets secrets, IRestoreCheck check, CloudNativePgOptions options, TimeProvider time, ILogger<DrillRunner> logger)
    : IDisposable
{
    private static readonly string[] AlwaysChecked = [ClusterEndpoint.Database, "postgres"];

    private readonly SemaphoreSlim _one = new(1, 1);

    public void Dispose() => _one.Dispose();

    /// <summary>Leaves the scratch cluster to whoever asked, to have it removed by <see cref="ScratchClusters.RemoveAsync"/>.</summary>
    public async Task<DrillResult> RunAsync(DatabaseId id, string drill, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var run = new Run();
            var failure = await TryAsync(id, drill, run, cancellationToken);
            if (failure is null) logger.DrillPassed(id, drill, run.RecoveryTime!.Value);
            else logger.DrillFailed(id, drill, failure.Code, failure.Message);
            return new DrillResult
            {
                Id = drill,
                FinishedAt = time.GetUtcNow(),
                RecoveryTime = run.RecoveryTime,
                ProvenAt = failure is null ? run.ProvenAt : null,
                Failure = failure,
                Warning = failure is null ? run.Warning : null,
                Compared = run.IsCompared,
            };
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<StatusReason?> TryAsync(DatabaseId id, string drill, Run run, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(id, drill, run, cancellationToken);
            return null;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (PostgresException refused) when (!refused.IsTransient)
        {
            return Reason("drill-failed", $"PostgreSQL refused a statement of the drill: {refused.MessageText}");
        }
        catch (NpgsqlException lost)
        {
            return Reason("drill-interrupted", $"PostgreSQL went away during the drill: {lost.Message}");
        }
        catch (KubernetesException refusal)
        {
            var (code, words) = Failures.Describe(refusal) ?? ("drill-interrupted", refusal.Message);
            return Reason(code, words);
        }
        catch (ClusterFailureException known)
        {
            return Reason(known.Code, known.Message);
        }
        catch (Exception unknown)
        {
            logger.StepBroke(id, unknown);
            return Reason("internal-error", "The drill met an error that the backend has no words for; the server's log has it.");
        }
    }

    private async Task RunAsync(DatabaseId id, string drill, Run run, CancellationToken cancellationToken)
    {
        await scratch.SweepAsync(id, cancellationToken);
        var found = book.Of(id);
        if (ClusterNotes.Of(found.Cluster)?.Spec is not { Backups: not null } spec) throw new ClusterFailureException("cluster-not-ready", "Only a database that keeps backups is drilled.");
        if (Newest(found) is not { } backup) throw new ClusterFailureException("no-backup", "There is no backup to restore yet.");
        var taken = await SampleAsync(found, spec, cancellationToken);
        if (taken?.Unreadable is { } unreadable)
            run.Warning = Reason("source-unreadable", $"The backup restores, but the database itself could not read all of its own files: its disk is failing. {unreadable}.");
        var sample = taken?.Sample;

        var begun = time.GetTimestamp();
        var address = await scratch.RestoreAsync(found, spec, drill, backup.Id, sample?.Point, cancellationToken);
        (run.RecoveryTime, run.ProvenAt) = (time.GetElapsedTime(begun), sample?.At ?? backup.At);
        if (sample is not null && await check.FindDifferenceAsync(address, sample, cancellationToken) is { } difference)
            throw new ClusterFailureException("drill-differs", difference);
        run.IsCompared = sample is not null;
        var databases = sample?.Databases.Select(database => database.Name).Union(AlwaysChecked) ?? AlwaysChecked;
        if (await check.FindCorruptionAsync(address, databases, cancellationToken) is { } corruption) throw new ClusterFailureException("drill-corrupt", corruption);
    }

    // Null when the source does not run, or does not answer: then the restored cluster is only seen to work.
    private async Task<TakenSample?> SampleAsync(DatabaseObjects found, ClusterSpec spec, CancellationToken cancellationToken)
    {
        if (!ClusterLook.IsServing(found.Cluster!)) return null;
        var ns = found.Cluster!.Namespace!;
        var address = spec.Closed ? await secrets.ClosedAddressAsync(spec, ns, cancellationToken) : await secrets.AddressAsync(spec.Id, ns, cancellationToken);
        if (address is null) return null;
        TakenSample taken;
        try
        {
            taken = await check.SampleAsync(address, cancellationToken);
        }
        catch (Exception away) when (away is TimeoutException or IOException || (away is NpgsqlException and not PostgresException))
        {
            return null;
        }

        // Recovery to a transaction that is not archived fails.
        if (taken.Sample is null) return taken;
        var patience = options.ArchiveEvery + options.GivesUpAfter;
        await scratch.UntilAsync(
            () => check.HasArchivedAsync(address, taken.Wal, cancellationToken),
            patience,
            () => new ClusterFailureException("archiving-behind", $"What was committed at the drill's beginning is not archived after {patience}."),
            cancellationToken);
        return taken;
    }

    private static (string Id, DateTimeOffset At)? Newest(DatabaseObjects found) =>
        found.Backups.Where(BackupLook.IsCompleted).MaxBy(BackupLook.Recency) is { } newest && newest.Text("status", "backupId") is { } backup
            ? (backup, BackupLook.Recency(newest).End)
            : null;

    private StatusReason Reason(string code, string message) => new(code, message, time.GetUtcNow());

    private sealed class Run
    {
        public TimeSpan? RecoveryTime { get; set; }

        public DateTimeOffset ProvenAt { get; set; }

        public StatusReason? Warning { get; set; }

        public bool IsCompared { get; set; }
    }
}
