using Orleans.Hosting;
using OrleansDaap.Databases;
using OrleansDaap.Server.Api.Health;
using OrleansDaap.Server.Api.PassingOn;
using OrleansDaap.Server.Platform;
using OrleansDaap.Storage.EmbeddedSilo;

namespace OrleansDaap.Server;

/// <summary>Grains on the embedded silo: one active node, and hot standbys behind a lease.</summary>
internal static class Silo
{
    public static void AddSilo(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReplicaOptions>().BindConfiguration(ReplicaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ReplicaAddress>();
        builder.Services.AddSingleton(provider => new ThisNode(provider.GetRequiredService<ReplicaAddress>().Known));
        builder.Services.AddEmbeddedSiloStorage();
        builder.Services.AddSingleton<IActiveNode, EmbeddedActiveNode>();
        builder.Services.AddSingleton<IHealthProbe, EmbeddedSiloProbe>();
        builder.UseOrleans(silo => silo
            .AddReminders()
            .AddStartupTask((services, cancellationToken) => services.GetRequiredService<BootstrapKey>().EnsureAsync(cancellationToken))
            .AddStartupTask((services, _) =>
            {
                services.GetRequiredService<IDatabaseWaker>().WakeLeftOvers();
                return Task.CompletedTask;
            }));
    }

    /// <summary>The embedded silo has no pages of its own.</summary>
    public static void MapSilo(this IEndpointRouteBuilder endpoints, Action<RouteGroupBuilder> requirePlatformTeam)
    {
    }
}
