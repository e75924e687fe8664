using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Restores;

namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>Measures after each backup what the database takes in the object store, and writes it down there, so that looking costs nothing.</summary>
internal sealed class BackupSizes(KubernetesClient client, IBackupBucket bucket)
{
    public static bool IsDue(DatabaseObjects found) => found.Store is { } store && Newest(found) is { } newest && StoreNotes.Of(store).MeasuredFor != newest;

    public async Task MeasureAsync(DatabaseObjects found, CancellationToken cancellationToken)
    {
        var usage = await bucket.MeasureAsync(found.Id, cancellationToken);
        await client.MergePatchAsync(Kinds.ObjectStore, found.Store!.Key, StoreNotes.SizePatch(usage.Total, Newest(found)!), cancellationToken);
    }

    public static string? Newest(DatabaseObjects found) => found.Backups.Where(BackupLook.IsCompleted).MaxBy(BackupLook.Recency)?.Name;
}
