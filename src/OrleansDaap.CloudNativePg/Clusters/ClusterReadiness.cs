using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What the operator does not tell of a cluster that it says is ready, asked once after each time it was not.</summary>
internal sealed class ClusterReadiness(ClusterSteps steps, OwnerSecrets secrets, IDatabaseLine line)
{
    /// <summary>Whether it answers a query or, closed, whether no instance runs on from before.</summary>
    public async Task<bool> IsReadyAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken)
    {
        if (spec.Closed) return await steps.IsClosedAsync(spec, ns, cancellationToken);
        return await secrets.AddressAsync(spec.Id, ns, cancellationToken) is { } address && await line.AnswersAsync(address, cancellationToken);
    }
}
