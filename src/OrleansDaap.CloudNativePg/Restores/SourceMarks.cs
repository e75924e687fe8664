using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.CloudNativePg.Restores;

/// <summary>
/// Recovery fails when its target is later than the last transaction that is archived. So before a database stops, and when one that runs is
/// restored from, a transaction is committed in it, and when that was is written down.
/// </summary>
internal sealed class SourceMarks(KubernetesClient client, OwnerSecrets secrets, IDatabaseLine line)
{
    /// <returns>Null when the database does not answer, or keeps no backups.</returns>
    public async Task<DateTimeOffset?> SetAsync(DatabaseObjects source, CancellationToken cancellationToken)
    {
        if (source is not { Store: { } store, Cluster: { } cluster } || !ClusterLook.IsServing(cluster)) return null;
        if (await secrets.AddressAsync(source.Id, cluster.Namespace!, cancellationToken) is not { } address) return null;
        if (await line.MarkAsync(address, cancellationToken) is not { } mark) return null;
        await client.MergePatchAsync(Kinds.ObjectStore, store.Key, StoreNotes.MarkPatch(mark), cancellationToken);
        return mark;
    }
}
