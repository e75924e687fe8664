using System.Net;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Provisioning;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Makes a database's objects what its spec says, in order; every step may be taken again, whatever it was interrupted in.</summary>
internal sealed class ClusterSteps(
    KubernetesClient client, OwnerSecrets secrets, SourceMarks marks, RecoverySettlement settlement, CloudNativePgOptions options, TimeProvider time)
{
    /// <summary>The code of a cluster that had data and is gone.</summary>
    public const string DataMissing = "data-missing";

    private const int AttemptsToBeLetIn = 6;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(200);

    /// <param name="spec">What is wanted.</param>
    /// <param name="found">What the watches show.</param>
    /// <param name="makes">False: a cluster that is there is put right, and none is made.</param>
    /// <param name="written">Told of each object.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>False: not yet, it waits for its source.</returns>
    /// <exception cref="ClusterFailureException">What is wanted cannot be.</exception>
    public async Task<bool> ApplyAsync(
        ClusterSpec spec, DatabaseObjects found, bool makes, Action<ObjectId, JsonObject, KubernetesObject> written, CancellationToken cancellationToken)
    {
        var limits = SpecLimits.Of(spec, options).ToList();
        if (limits.Count > 0)
            throw new ClusterFailureException("not-supported", $"CloudNativePG cannot keep what the tier promises: {string.Join("; ", limits)}.");
        var ns = found.Namespace ?? TeamNamespace.Of(options.NamespacePattern, spec.OwnerTeam);

        // What a watch shows may be gone by now: another server removes it, and applying would make an empty one.
        var cluster = await client.GetAsync(Kinds.Cluster, new ObjectKey(ns, spec.Id.Value), cancellationToken);
        if (cluster is null && (spec.HasData || !makes))
            throw new ClusterFailureException(DataMissing, "The cluster of this database is gone, and its data with it; no empty one is put in its place.");

        var recovery = ClusterNotes.RecoveryOf(cluster);
        if (spec.Recovery is not null && cluster is null)
        {
            recovery = await settlement.SettleAsync(spec.Recovery, cancellationToken);
            if (recovery is null) return false;
        }

        if (cluster is not null) await MarkEndAsync(spec, found, cancellationToken);
        var wanted = WantedObjects.Of(new ClusterNotes(spec, recovery, ClusterNotes.CaOf(cluster)), ns, options);
        if (cluster is not null) wanted.Single(manifest => Kinds.Of(manifest) == Kinds.Cluster)["metadata"]!["uid"] = cluster.Uid;
        await PrepareNamespaceAsync(spec, ns, cancellationToken);

        // The first tells whose the others are should this end here, and is the last that goes.
        await WriteAsync(wanted[0], written, cancellationToken);
        await OnceLetInAsync(() => secrets.EnsureAsync(spec, ns, null, cancellationToken), cancellationToken);
        await EnsureCatalogAsync(spec, ns, cancellationToken);
        foreach (var manifest in wanted.Skip(1)) await WriteAsync(manifest, written, cancellationToken);
        foreach (var (id, _) in Leftovers(spec, found)) await client.DeleteAsync(id.Kind, id.Key, null, cancellationToken);
        return true;
    }

    /// <summary>Gives the owner the CA's certificate, and writes down which. False before the operator has made one.</summary>
    public async Task<bool> PublishAuthorityAsync(
        ClusterNotes notes, DatabaseObjects found, Action<ObjectId, JsonObject, KubernetesObject> written, CancellationToken cancellationToken)
    {
        var cluster = found.Cluster!;
        if (await secrets.AuthorityAsync(found.Id, cluster.Namespace!, cancellationToken) is not { } authority) return false;
        await secrets.EnsureAsync(notes.Spec, cluster.Namespace!, authority, cancellationToken);
        var wanted = WantedObjects.Of(notes with { CaUntil = ClusterNotes.CaEnd(cluster) }, cluster.Namespace!, options);
        var manifest = wanted.Single(manifest => Kinds.Of(manifest) == Kinds.Cluster);
        manifest["metadata"]!["uid"] = cluster.Uid;
        await WriteAsync(manifest, written, cancellationToken);
        return true;
    }

    /// <summary>Whether every instance was restarted since the database was closed.</summary>
    public async Task<bool> IsClosedAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken)
    {
        var pods = await PodsAsync(spec.Id, ns, "cnpg.io/podRole=instance", cancellationToken);
        var wanted = ClusterManifest.Of(spec, ns, options)["metadata"]!["annotations"]![ClusterManifest.RestartAnnotation]!.GetValue<string>();
        return pods.Count > 0 && pods.All(pod => pod.Annotation(ClusterManifest.RestartAnnotation) == wanted);
    }

    /// <summary>The operator's pods of the database, poolers included.</summary>
    public async Task<IReadOnlyList<KubernetesObject>> PodsAsync(Common.DatabaseId id, string ns, string? more, CancellationToken cancellationToken)
    {
        var selection = new ObjectSelection(ns, $"{ObjectLabels.Cluster}={id}{(more is null ? "" : $",{more}")}");
        var found = new List<KubernetesObject>();
        await foreach (var page in client.ListAsync(Kinds.Pod, selection, Kubernetes.Caching.ObjectCache.PageSize, cancellationToken)) found.AddRange(page.Items);
        return found;
    }

    /// <summary>What the spec does not have any more.</summary>
    public static IEnumerable<KeyValuePair<ObjectId, KubernetesObject>> Leftovers(ClusterSpec spec, DatabaseObjects found) => found.All.Where(one =>
        one.Value.DeletionRequestedAt is null
        && ((spec.Pooler is null && one.Key.Key.Name == ObjectNames.Pooler(spec.Id))
            || (spec.Recovery is null && one.Key.Key.Name == ObjectNames.OriginStore(spec.Id))
            || ((spec.Backups is null || spec.Frozen) && one.Key.Key.Name == ObjectNames.Drill(spec.Id))));

    public async Task PrepareNamespaceAsync(string ns, CancellationToken cancellationToken)
    {
        foreach (var manifest in NamespaceManifests.Of(ns, options)) await client.ApplyAsync(Kinds.Of(manifest), manifest, cancellationToken);
    }

    private async Task PrepareNamespaceAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken)
    {
        await PrepareNamespaceAsync(ns, cancellationToken);
        if (spec.Backups is null && spec.Recovery is null) return;
        var store = options.ObjectStore;
        var ca = store.CaFile is { } file ? await File.ReadAllTextAsync(file, cancellationToken) : null;
        if (ObjectStoreManifest.Secret(ns, store, store.UsesRole ? null : store.Secret(), ca) is { } secret)
            await OnceLetInAsync(() => client.ApplyAsync(ResourceKind.Secret, secret, cancellationToken), cancellationToken);
    }

    // The binding that lets us at a namespace's secrets may be a moment old, and API servers take a moment to obey it.
    private async Task OnceLetInAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await step();
                return;
            }
            catch (KubernetesException failure) when (failure is { Status: HttpStatusCode.Forbidden, IsNamespaceTerminating: false } && attempt < AttemptsToBeLetIn)
            {
                await Task.Delay(BetweenAttempts * attempt, time, cancellationToken);
            }
        }
    }

    // A change of a catalog would restart every cluster on it.
    private async Task EnsureCatalogAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken)
    {
        if (await client.GetAsync(Kinds.ImageCatalog, new ObjectKey(ns, ObjectNames.ImageCatalog(spec)), cancellationToken) is not null) return;
        await client.ApplyAsync(Kinds.ImageCatalog, ImageCatalogManifest.Of(spec, ns, options), cancellationToken);
    }

    // Before it stops, or lets nobody in any more: what commits afterwards is not asked for.
    private async Task MarkEndAsync(ClusterSpec spec, DatabaseObjects found, CancellationToken cancellationToken)
    {
        if (ClusterNotes.Of(found.Cluster)?.Spec is not { Frozen: false, Closed: false } || !(spec.Frozen || spec.Closed) || spec.Backups is null) return;
        await marks.SetAsync(found, cancellationToken);
    }

    private async Task WriteAsync(JsonObject manifest, Action<ObjectId, JsonObject, KubernetesObject> written, CancellationToken cancellationToken) =>
        written(ObjectId.Of(manifest), manifest, await client.ApplyAsync(Kinds.Of(manifest), manifest, cancellationToken));
}
