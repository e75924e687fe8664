using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Puts back the policy that denies everything in a namespace of databases, should somebody change or delete it.</summary>
internal sealed class NamespaceGuard(ObjectBook book, ClusterSteps steps, CloudNativePgOptions options, ILogger<NamespaceGuard> logger)
{
    private readonly Lock _lock = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Done when it works on nothing.</summary>
    public Task Work
    {
        get
        {
            lock (_lock) return _work;
        }
    }

    public void Changed(string ns, CancellationToken stopping)
    {
        // Before all was seen, what is missing may only not have been shown yet.
        if (!book.Synced.IsCompletedSuccessfully || IsRight(ns) || !book.All.Any(objects => objects.Cluster?.Namespace == ns)) return;
        lock (_lock) _work = MendAsync(_work, ns, stopping);
    }

    private bool IsRight(string ns)
    {
        var wanted = NamespaceManifests.Of(ns, options).Single(manifest => Kinds.Of(manifest) == ResourceKind.NetworkPolicy);
        return book.Find(ResourceKind.NetworkPolicy, ObjectId.Of(wanted).Key) is { } live && !Drift.IsIn(wanted, live.Json);
    }

    private async Task MendAsync(Task before, string ns, CancellationToken stopping)
    {
        await Task.Yield();
        await before;
        if (IsRight(ns)) return;
        logger.NamespaceDrifted(ns);
        try
        {
            await steps.PrepareNamespaceAsync(ns, stopping);
        }
        catch (KubernetesException failure)
        {
            logger.NamespaceFailed(ns, failure.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next server looks again.
        }
    }
}
