using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Restores;

/// <summary>Settles what a cluster is recovered to, once, before it is made.</summary>
internal sealed class RecoverySettlement(ObjectBook book, SourceMarks marks, CloudNativePgOptions options, TimeProvider time)
{
    /// <summary>Null: not yet, its source has not archived far enough.</summary>
    /// <exception cref="ClusterFailureException">restore-source-gone.</exception>
    public async Task<RecoveryNote?> SettleAsync(RecoverySource recovery, CancellationToken cancellationToken)
    {
        var source = book.Of(recovery.Database);
        if (source.Store is null || LastBackup(source) is not { } last)
            throw new ClusterFailureException("restore-source-gone", $"The backups of {recovery.Database} are gone, or there never were any.");
        var notes = StoreNotes.Of(source.Store);
        var marked = notes.MarkedAt;
        if (IsLive(source) && !(marked > recovery.TargetTime))
        {
            // Whoever does not answer now is asked again.
            if (await marks.SetAsync(source, cancellationToken) is not { } mark || mark <= recovery.TargetTime) return null;
            marked = mark;
        }

        if (IsLive(source) && time.GetUtcNow() - marked < options.ArchiveEvery) return null;
        var isAll = recovery.TargetTime >= (marked ?? last);
        return new RecoveryNote(isAll ? null : recovery.TargetTime, notes.MaxConnections, notes.MaxWorkers);
    }

    // A closed one lets nobody in, and was marked when it was closed.
    private static bool IsLive(DatabaseObjects source) =>
        source.Cluster is { } cluster && ClusterLook.IsServing(cluster) && ClusterNotes.Of(cluster)?.Spec is not { Closed: true };

    private static DateTimeOffset? LastBackup(DatabaseObjects source) =>
        source.Store?.Time("status", "serverRecoveryWindow", source.Id.Value, "lastSuccessfulBackupTime")
        ?? source.Backups.Where(BackupLook.IsCompleted).Max(backup => backup.Time("status", "stoppedAt"));
}
