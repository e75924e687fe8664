using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Server.Api.Health;
using OrleansDaap.Server.Api.PassingOn;

namespace OrleansDaap.Server.Platform;

/// <summary>Whether this node works, or there is another one to which it passes on what it cannot do itself.</summary>
internal sealed class EmbeddedSiloProbe(ISiloStatus silo, IActiveNode active) : IHealthProbe
{
    public string Name => "silo";

    public async Task<HealthResult> CheckAsync(CancellationToken cancellationToken) => silo.Phase switch
    {
        SiloPhase.Active => HealthResult.Healthy,
        SiloPhase.Starting => HealthResult.Unhealthy("starting"),
        SiloPhase.Standby => await active.FindAsync(cancellationToken) is null
            ? HealthResult.Unhealthy("standby, and no node is the active one")
            : new HealthResult(true, "standby: changes are passed on to the active node"),
        SiloPhase.Stopped => HealthResult.Unhealthy("stopped"),
    };
}
