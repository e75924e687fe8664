using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>Asks the operator for backups, and lists them.</summary>
internal sealed class BackupSteps(KubernetesClient client, IBackupBucket bucket, CloudNativePgOptions options, TimeProvider time)
{
    /// <returns>How the request ended when no backup is taken for it; null when one is.</returns>
    public async Task<(string Id, StatusReason? Failure)?> TakeAsync(
        DatabaseObjects found, ClusterObservation seen, BackupRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (found.Find(Kinds.Backup, request.Id) is { } before)
        {
            if (BackupLook.IsCompleted(before)) return (request.Id, null);
            if (!BackupLook.HasEnded(before, options, now)) return null;
        }

        if (seen is not { Phase: ClusterPhase.Ready, Backups: not null } || ClusterNotes.Of(found.Cluster) is not { } notes)
            return (request.Id, new StatusReason("cluster-not-ready", "Only a cluster that runs and archives is backed up.", now));
        try
        {
            // What failed can only be tried again under its name when it is gone.
            if (found.Find(Kinds.Backup, request.Id) is { } failed) await client.DeleteAsync(Kinds.Backup, failed.Key, null, cancellationToken);
            await client.ApplyAsync(Kinds.Backup, BackupManifests.Now(notes.Spec, found.Cluster!.Namespace!, request), cancellationToken);
            return null;
        }
        catch (KubernetesException failure) when (Failures.Describe(failure) is { } words)
        {
            return (request.Id, new StatusReason(words.Code, words.Message, now));
        }
    }

    public async Task<IReadOnlyList<Backup>> ListAsync(DatabaseObjects found, CancellationToken cancellationToken)
    {
        var backups = found.Backups.ToList();
        if (backups.Count == 0) return [];
        try
        {
            var usage = await bucket.MeasureAsync(found.Id, cancellationToken);
            return [.. backups.Select(backup => BackupLook.Describe(backup, usage, options, time.GetUtcNow())).OrderByDescending(backup => backup.StartedAt).ThenByDescending(backup => backup.Id, StringComparer.Ordinal)];
        }
        catch (BucketException failure)
        {
            throw new BackendUnavailableException(failure.Message, failure);
        }
    }
}
