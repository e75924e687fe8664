using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What the operator does not tell of a cluster that it says is ready, asked once after each time it was not, and by each server that starts.</summary>
internal sealed class ClusterReadiness(ClusterSteps steps, OwnerSecrets secrets, IDatabaseLine line)
{
    /// <summary>Whether it answers a query or, closed, whether no instance runs on from before.</summary>
    public async Task<bool> IsReadyAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken)
    {
        if (spec.Closed) return await steps.IsClosedAsync(spec, ns, cancellationToken);
        return await secrets.AddressAsync(spec.Id, ns, cancellationToken) is { } address && await line.AnswersAsync(address, cancellationToken);
    }

    /// <summary>Whether it asks who comes for a password. That takes no secret, and so no request to Kubernetes.</summary>
    public Task<bool> AcceptsAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken) =>
        line.AcceptsAsync(OwnerSecretManifest.Host(spec, ns), cancellationToken);
}
