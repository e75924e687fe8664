using OrleansDaap.Server.Api.Health;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Server.Platform;

/// <summary>Whether the platform's PostgreSQL answers.</summary>
internal sealed class PlatformStoreProbe(IStoreHealth store) : IHealthProbe
{
    public string Name => "platform_store";

    public async Task<HealthResult> CheckAsync(CancellationToken cancellationToken)
    {
        await store.CheckAsync(cancellationToken);
        return HealthResult.Healthy;
    }
}
