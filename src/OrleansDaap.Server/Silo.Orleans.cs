using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Serialization;
using OrleansDaap.Databases;
using OrleansDaap.Server.Api.Health;
using OrleansDaap.Server.Platform;

namespace OrleansDaap.Server;

/// <summary>Grains on Orleans: as many active replicas as are started on one PostgreSQL.</summary>
internal static class Silo
{
    private const string Name = "orleans-daap";

    public static void AddSilo(this IHostApplicationBuilder builder)
    {
        var replica = builder.Configuration.GetSection(ReplicaOptions.Section).Get<ReplicaOptions>() ?? new ReplicaOptions();
        builder.Services.AddOptions<ReplicaOptions>().BindConfiguration(ReplicaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<SiloConnection>();
        builder.Services.AddSingleton<IHealthProbe, OrleansSiloProbe>();
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (Name, Name))
            .Configure<ClusterMembershipOptions>(NoticeDeathsQuickly)
            .Listen(replica)
            .UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = (SiloConnection.Invariant, SiloConnection.NotYetKnown))
            .UseAdoNetReminderService(reminders =>
                (reminders.Invariant, reminders.ConnectionString) = (SiloConnection.Invariant, SiloConnection.NotYetKnown))
            .AddActivityPropagation()
            .AddDashboard()
            .AddStartupTask((services, cancellationToken) => services.GetRequiredService<BootstrapKey>().EnsureAsync(cancellationToken))
            .AddStartupTask((services, _) =>
            {
                services.GetRequiredService<IDatabaseWaker>().WakeLeftOvers();
                return Task.CompletedTask;
            }));

        // An exception of ours may hold one of a library's (Npgsql's, say), which Orleans would refuse to send. All replicas have the
        // same ones, and only replicas talk here.
        builder.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedExceptionTypeFilter = _ => true);

        // Orleans logs as an error of the storage what a grain expects, such as a name that is taken; who asked hears of the others.
        builder.Logging.AddFilter("OrleansDaap.Storage.States", LogLevel.None);
    }

    /// <summary>Adds Orleans' own pages. They show and tell everything of the cluster, and Orleans asks nobody who they are.</summary>
    /// <param name="endpoints">The server's.</param>
    /// <param name="requirePlatformTeam">Makes a group of endpoints answer the platform team only.</param>
    public static void MapSilo(this IEndpointRouteBuilder endpoints, Action<RouteGroupBuilder> requirePlatformTeam) =>
        requirePlatformTeam(endpoints.MapOrleansDashboard("/dashboard"));

    private static void NoticeDeathsQuickly(ClusterMembershipOptions membership)
    {
        // A dead silo misses two probes of a second each, so its grains are elsewhere in about two seconds; the defaults take 11 to 13.
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 2;

        // When all die at once nobody is left to declare the others dead, and who starts cannot join beside silos that do not answer.
        // It gives up, and its process ends, after 20 s; whoever starts once their last sign of life is 3 times 5 s old evicts them in
        // two. So a supervisor that starts it again has the cluster up after half a minute; the defaults take five.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.MaxJoinAttemptTime = TimeSpan.FromSeconds(20);
    }

    private static ISiloBuilder Listen(this ISiloBuilder silo, ReplicaOptions replica)
    {
        // Callers outside the cluster use the HTTP API, so there is no gateway.
        const int noGateway = 0;
        return IPAddress.TryParse(replica.AdvertisedAddress, out var address)
            ? silo.ConfigureEndpoints(address, replica.SiloPort, noGateway)
            : silo.ConfigureEndpoints(replica.SiloPort, noGateway);
    }
}
