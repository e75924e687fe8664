using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.CloudNativePg.Restores;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>
/// Removes a database's objects, the cluster before all others: as long as it is there somebody may put the others back, and once it is gone
/// nobody does. Every step may be taken again.
/// </summary>
internal sealed class ClusterRemoval(KubernetesClient client, ClusterSteps steps, OwnerSecrets secrets, SourceMarks marks, IBackupBucket bucket)
{
    /// <returns>Whether all was asked for; it is gone when the watches show so.</returns>
    /// <exception cref="ClusterFailureException">The backups cannot be removed; the rest is gone.</exception>
    public async Task<bool> RemoveAsync(DatabaseObjects found, bool keepBackups, CancellationToken cancellationToken)
    {
        if (found.Namespace is not { } ns) return true;
        if (found.Cluster is { } cluster)
        {
            if (cluster.DeletionRequestedAt is not null) return false;
            if (keepBackups) await marks.SetAsync(found, cancellationToken);
            await client.DeleteAsync(Kinds.Cluster, cluster.Key, new DeleteOptions { Propagation = DeletePropagation.Background }, cancellationToken);
            return false;
        }

        // The operator leaves it alone, and its pods would be waited for.
        if (found.Find(Kinds.Cluster, ObjectNames.Drill(found.Id)) is { DeletionRequestedAt: null } drill)
            await client.DeleteAsync(Kinds.Cluster, drill.Key, new DeleteOptions { Propagation = DeletePropagation.Background }, cancellationToken);
        if (found.Pooler is { } pooler) await client.DeleteAsync(Kinds.Pooler, pooler.Key, null, cancellationToken);

        // An instance that shuts down still archives: nothing may come after the purge, and nothing is to be shut off from the store.
        if (!found.IsGone && (await steps.PodsAsync(found.Id, ns, null, cancellationToken)).Count > 0) return false;
        await secrets.DeleteAsync(found.Id, ns, cancellationToken);
        foreach (var id in Others(found)) await client.DeleteAsync(id.Kind, id.Key, null, cancellationToken);
        if (!keepBackups) await PurgeAsync(found, cancellationToken);
        return true;
    }

    private static IEnumerable<ObjectId> Others(DatabaseObjects found) => found.All.Keys.Where(id =>
        id.Kind == ResourceKind.NetworkPolicy || (id.Kind == Kinds.ObjectStore && id.Key.Name == ObjectNames.OriginStore(found.Id)));

    private async Task PurgeAsync(DatabaseObjects found, CancellationToken cancellationToken)
    {
        if (found.Store is { } store)
        {
            try
            {
                await bucket.PurgeAsync(found.Id, cancellationToken);
            }
            catch (BucketException failure)
            {
                throw new ClusterFailureException("backups-not-removed", failure.Message);
            }

            foreach (var backup in found.Backups) await client.DeleteAsync(Kinds.Backup, backup.Key, null, cancellationToken);

            // As long as it is there, there may be something to purge.
            await client.DeleteAsync(Kinds.ObjectStore, store.Key, null, cancellationToken);
            return;
        }

        foreach (var backup in found.Backups) await client.DeleteAsync(Kinds.Backup, backup.Key, null, cancellationToken);
    }
}
