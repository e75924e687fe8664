using OrleansDaap.LocalPostgres;

namespace OrleansDaap.Server.Platform;

internal static class PlatformStoreModule
{
    public static IServiceCollection AddPlatformStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPlatformCluster(configuration);
        services.AddSingleton<PlatformStore>();
        return services.AddHostedService(provider => provider.GetRequiredService<PlatformStore>());
    }
}
