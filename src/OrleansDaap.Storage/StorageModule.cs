using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using OrleansDaap.Access;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Storage.Audit;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Idempotency;
using OrleansDaap.Storage.Listings;
using OrleansDaap.Storage.Migrations;
using OrleansDaap.Storage.Quotas;
using OrleansDaap.Storage.States;
using OrleansDaap.Storage.Writes;
using OrleansDaap.Tiers;

namespace OrleansDaap.Storage;

/// <summary>Everything that the platform keeps in its PostgreSQL.</summary>
public static class StorageModule
{
    /// <summary>The grain storage's name, as in <c>[PersistentState("database", "platform")]</c>.</summary>
    public const string ProviderName = "platform";

    /// <summary>Adds storage. Its hosted service has to start after the PostgreSQL it uses and before the silo, so add it in that order.</summary>
    /// <param name="connectionString">First asked when the hosts start, when an embedded PostgreSQL knows where it is.</param>
    public static IServiceCollection AddStorage(this IServiceCollection services, Func<IServiceProvider, string> connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Fence(required: false));
        services.AddSingleton(provider => new PlatformDatabase(() => connectionString(provider)));
        services.AddSingleton(provider => new Migrator(
            provider.GetRequiredService<PlatformDatabase>(),
            Migration.All,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Migrator>>()));
        services.AddSingleton<WriteQueue>();
        services.AddSingleton<StateJson>();
        services.AddSingleton<IHostedService, StorageService>();
        services.AddSingleton<IStoreHealth, StoreHealth>();
        services.AddSingleton<NpgsqlGrainStorage>();
        services.AddKeyedSingleton<IGrainStorage>(ProviderName, (provider, _) => provider.GetRequiredService<NpgsqlGrainStorage>());
        services.AddSingleton<IAuditLog, NpgsqlAuditLog>();
        services.AddSingleton<IAuditListing, NpgsqlAuditListing>();
        services.AddSingleton<IIdempotencyStore, NpgsqlIdempotencyStore>();
        services.AddSingleton<IdempotencySweep>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<IdempotencySweep>());
        services.AddSingleton<IQuotaLedger, NpgsqlQuotaLedger>();
        services.AddSingleton<IQuotaListing, NpgsqlQuotaListing>();
        services.AddSingleton<IApiKeyListing, NpgsqlApiKeyListing>();
        services.AddSingleton<ITierListing, NpgsqlTierListing>();
        services.AddSingleton<IDatabaseListing, NpgsqlDatabaseListing>();
        return services;
    }
}
