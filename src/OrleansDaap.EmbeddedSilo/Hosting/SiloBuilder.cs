using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansDaap.EmbeddedSilo.Calls;
using OrleansDaap.EmbeddedSilo.Contracts;

namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <inheritdoc/>
internal sealed class SiloBuilder : ISiloBuilder
{
    public SiloBuilder(IServiceCollection services, IConfiguration configuration)
    {
        (Services, Configuration) = (services, configuration);
        services.AddOptions<GrainSources>();
        services.AddOptions<ClusterOptions>();
        services.AddOptions<GrainCollectionOptions>();
        services.AddOptions<SiloMessagingOptions>();
        services.AddOptions<ReminderOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SiloMetrics>();
        services.TryAddSingleton<Silo>();
        services.TryAddSingleton<SiloStatus>();
        services.TryAddSingleton<ISiloStatus>(provider => provider.GetRequiredService<SiloStatus>());
        services.TryAddSingleton<IGrainFactory, GrainFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SiloService>());
    }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }
}
