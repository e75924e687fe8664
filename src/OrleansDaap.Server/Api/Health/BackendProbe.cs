using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api.Health;

/// <summary>Whether databases can be made and looked after.</summary>
internal sealed class BackendProbe(IPostgresBackend backend) : IHealthProbe
{
    public string Name => "backend";

    public async Task<HealthResult> CheckAsync(CancellationToken cancellationToken)
    {
        await backend.CheckAsync(cancellationToken);
        return HealthResult.Healthy;
    }
}
