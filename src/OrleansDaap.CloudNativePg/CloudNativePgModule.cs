using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.RestoreDrills;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg;

internal static class CloudNativePgModule
{
    /// <summary>Clusters on Kubernetes, as the backend: <see cref="IPostgresBackend"/>, started with the host.</summary>
    public static IServiceCollection AddCloudNativePg(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CloudNativePgOptions>().Configure(options => options.Read(configuration)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CloudNativePgOptions>, CloudNativePgOptionsValidator>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<CloudNativePgOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Access);
        services.AddSingleton<KubernetesClient>();
        services.AddSingleton<ObjectBook>();
        services.TryAddSingleton<IDatabaseLine, DatabaseLine>();
        services.TryAddSingleton<IBackupBucket, S3Bucket>();
        services.AddSingleton<OwnerSecrets>();
        services.AddSingleton<SourceMarks>();
        services.AddSingleton<RecoverySettlement>();
        services.AddSingleton<ClusterSteps>();
        services.AddSingleton<ClusterRemoval>();
        services.AddSingleton<ClusterReadiness>();
        services.AddSingleton<BackupSizes>();
        services.AddSingleton<BackupSteps>();
        services.AddSingleton<NamespaceGuard>();
        services.TryAddSingleton<IRestoreCheck, RestoreCheck>();
        services.AddSingleton<ScratchClusters>();
        services.AddSingleton<DrillRunner>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton(Tools);
        services.AddSingleton<CloudNativePgBackend>();
        services.AddSingleton<IPostgresBackend>(provider => provider.GetRequiredService<CloudNativePgBackend>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<CloudNativePgBackend>());
        return services;
    }

    private static ClusterAccess Access(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<CloudNativePgOptions>();
        return ClusterAccessFinder.Find(options.Kubeconfig, options.Context, provider.GetRequiredService<TimeProvider>(), Environment.GetEnvironmentVariable);
    }

    private static WorkerTools Tools(IServiceProvider provider) => new(
        provider.GetRequiredService<ObjectBook>(),
        provider.GetRequiredService<ClusterSteps>(),
        provider.GetRequiredService<ClusterRemoval>(),
        provider.GetRequiredService<ClusterReadiness>(),
        provider.GetRequiredService<BackupSizes>(),
        provider.GetRequiredService<DrillRunner>(),
        provider.GetRequiredService<ScratchClusters>(),
        provider.GetRequiredService<ChangeFeed>(),
        provider.GetRequiredService<CloudNativePgOptions>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<CloudNativePgBackend>>());
}
