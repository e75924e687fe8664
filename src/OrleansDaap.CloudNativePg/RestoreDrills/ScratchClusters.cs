using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.RestoreDrills;

/// <summary>The clusters that backups are restored to and that are thrown away; a database has one at most.</summary>
internal sealed class ScratchClusters(ObjectBook book, KubernetesClient client, OwnerSecrets secrets, IDatabaseLine line, CloudNativePgOptions options, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>A slow object store's; what backups take is compressed, so that its data is about four times as much.</summary>
    private const long BytesPerSecond = 5_000_000;

    /// <summary>Restores the backup and waits until the cluster answers.</summary>
    /// <returns>How it is reached, by a superuser.</returns>
    /// <exception cref="ClusterFailureException">It does not come to that.</exception>
    public async Task<DatabaseAddress> RestoreAsync(DatabaseObjects found, ClusterSpec spec, string drill, string backup, string? transaction, CancellationToken cancellationToken)
    {
        var (ns, notes) = (found.Cluster!.Namespace!, StoreNotes.Of(found.Store));
        foreach (var manifest in DrillManifests.Of(spec, ns, drill, backup, transaction, notes, options)) await client.ApplyAsync(Kinds.Of(manifest), manifest, cancellationToken);

        DatabaseAddress? address = null;
        var patience = options.GivesUpAfter + TimeSpan.FromSeconds((double)notes.SizeBytes / BytesPerSecond);
        await UntilAsync(
            async () =>
            {
                if (!IsServing(spec.Id)) return false;
                address ??= await secrets.ScratchAddressAsync(spec.Id, ns, cancellationToken);
                return address is not null && await line.AnswersAsync(address, cancellationToken);
            },
            patience,
            () => new ClusterFailureException("drill-failed", $"The backup is not restored after {patience}; CloudNativePG: {Phase(spec.Id) ?? "nothing yet"}."),
            cancellationToken);
        return address!;
    }

    /// <summary>Asks for what there is of one to be deleted.</summary>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> RemoveAsync(DatabaseObjects found, CancellationToken cancellationToken)
    {
        var left = Of(found).ToList();
        foreach (var (id, thing) in left.Where(one => one.Value.DeletionRequestedAt is null).OrderBy(one => one.Key.Kind != Kinds.Cluster))
            await client.DeleteAsync(id.Kind, id.Key, id.Kind == Kinds.Cluster ? new DeleteOptions { Propagation = DeletePropagation.Background } : null, cancellationToken);
        return left.Count == 0;
    }

    /// <summary>What another server left, or one before it.</summary>
    public Task SweepAsync(DatabaseId id, CancellationToken cancellationToken) => UntilAsync(
        () => RemoveAsync(book.Of(id), cancellationToken),
        options.GivesUpAfter,
        () => new ClusterFailureException("drill-failed", "The scratch cluster of an earlier drill does not go away."),
        cancellationToken);

    public static IEnumerable<KeyValuePair<ObjectId, KubernetesObject>> Of(DatabaseObjects found)
    {
        var name = ObjectNames.Drill(found.Id);
        return found.All.Where(one => one.Key.Key.Name == name);
    }

    /// <summary>Looks again and again until it is so.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan patience, Func<ClusterFailureException> late, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!await isSo())
        {
            if (time.GetElapsedTime(begun) > patience) throw late();
            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    private bool IsServing(DatabaseId id)
    {
        if (book.Of(id).Find(Kinds.Cluster, ObjectNames.Drill(id)) is not { } scratch) return false;
        return ClusterWords.IsBroken(scratch.Text("status", "phase") ?? "")
            ? throw new ClusterFailureException("drill-failed", $"The backup is not restored; CloudNativePG: {Phase(id)}.")
            : ClusterLook.IsServing(scratch);
    }

    private string? Phase(DatabaseId id)
    {
        var scratch = book.Of(id).Find(Kinds.Cluster, ObjectNames.Drill(id));
        return scratch?.Text("status", "phase") is not { } phase ? null : scratch.Text("status", "phaseReason") is { Length: > 0 } reason ? $"{phase}: {reason}" : phase;
    }
}
