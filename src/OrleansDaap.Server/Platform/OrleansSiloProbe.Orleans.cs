using OrleansDaap.Server.Api.Health;

namespace OrleansDaap.Server.Platform;

/// <summary>Whether this replica is a member of the cluster.</summary>
internal sealed class OrleansSiloProbe(ISiloStatusOracle cluster) : IHealthProbe
{
    public string Name => "silo";

    public Task<HealthResult> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(cluster.CurrentStatus switch
    {
        SiloStatus.Active => HealthResult.Healthy,
        SiloStatus.None or SiloStatus.Created or SiloStatus.Joining => HealthResult.Unhealthy("starting"),
        SiloStatus.ShuttingDown or SiloStatus.Stopping => HealthResult.Unhealthy("stopping"),
        SiloStatus.Dead => HealthResult.Unhealthy("dead: the other replicas have given it up"),
    });
}
