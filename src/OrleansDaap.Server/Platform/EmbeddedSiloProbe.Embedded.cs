using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Server.Api.Health;

namespace OrleansDaap.Server.Platform;

/// <summary>Whether this node is the one that works.</summary>
internal sealed class EmbeddedSiloProbe(ISiloStatus silo) : IHealthProbe
{
    public string Name => "silo";

    public Task<HealthResult> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(silo.Phase switch
    {
        SiloPhase.Active => HealthResult.Healthy,
        SiloPhase.Starting => HealthResult.Unhealthy("starting"),
        SiloPhase.Standby => HealthResult.Unhealthy("standby: another node is the active one, and this one takes over when it is gone"),
        SiloPhase.Stopped => HealthResult.Unhealthy("stopped"),
    });
}
