using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Backups.Drills;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Credentials;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.PgBouncer;
using OrleansDaap.LocalPostgres.Platform;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.LocalPostgres.Tls;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres;

internal static class LocalPostgresModule
{
    /// <summary>Clusters on this machine, as the backend: <see cref="IPostgresBackend"/>, started with the host.</summary>
    public static IServiceCollection AddLocalPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPlatformCluster(configuration);
        services.AddOptions<BackupOptions>().Configure(options => options.Read(configuration)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BackupOptions>, BackupOptionsValidator>());
        services.AddSingleton<BackupPlaces>();
        services.AddSingleton<BackupSettings>();
        services.AddSingleton<BackupTools>();
        services.AddSingleton<BackupWorkers>();
        services.AddSingleton<ClusterRestore>();
        services.AddSingleton<Expiry>();
        services.AddSingleton<DrillRunner>();
        services.AddSingleton<PgBackRest>();
        services.AddSingleton<PgBackRestProgram>();
        services.AddSingleton<Recovery>();
        services.AddSingleton<RepositoryHealth>();
        services.AddSingleton<RepositoryMark>();
        services.AddSingleton<SourceArchive>();
        services.AddSingleton<ClusterConfiguration>();
        services.AddSingleton<ClusterData>();
        services.AddSingleton<ClusterPlaces>();
        services.AddSingleton<ClusterStore>();
        services.AddSingleton<ClusterLook>();
        services.AddSingleton<ClusterDrift>();
        services.AddSingleton<InstalledExtensions>();
        services.AddSingleton<ClusterSteps>();
        services.AddSingleton<PortAllocator>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<Endpoints>();
        services.AddSingleton<AppRole>();
        services.AddSingleton<CredentialFiles>();
        services.AddSingleton<CertificateAuthority>();
        services.AddSingleton<Templates>();
        services.AddSingleton<SpareClones>();
        services.AddSingleton<PgBouncerServer>();
        services.AddSingleton<LocalPostgresBackend>();
        services.AddSingleton<IPostgresBackend>(provider => provider.GetRequiredService<LocalPostgresBackend>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LocalPostgresBackend>());
        return services;
    }

    /// <summary>Only the platform's own PostgreSQL, which whoever needs it starts; the databases may run on another backend.</summary>
    public static IServiceCollection AddPlatformCluster(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LocalPostgresOptions>().Configure(options => options.Read(configuration)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LocalPostgresOptions>, LocalPostgresOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => ToolAccount.Find(provider.GetRequiredService<IOptions<LocalPostgresOptions>>().Value.RunAs)
            ?? throw new InvalidOperationException("Daap:Local:RunAs was not validated."));
        services.TryAddSingleton<ToolRunner>();
        services.TryAddSingleton<OwnedFiles>();
        services.TryAddSingleton<DataDirectory>();
        services.TryAddSingleton<PostgresInstallations>();
        services.TryAddSingleton<PostgresServer>();
        services.TryAddSingleton<PostgresFiles>();
        services.TryAddSingleton<ClusterInitializer>();
        services.TryAddSingleton<PlatformCluster>();
        return services;
    }
}
