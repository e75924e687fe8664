using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansDaap.Access;
using OrleansDaap.Databases;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Quotas;
using OrleansDaap.Storage;
using OrleansDaap.Storage.EmbeddedSilo;
using OrleansDaap.Storage.Migrations;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Storage;

/// <summary>Storage as a server has it, on a test's database.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestStore(string connectionString, bool leased)
    {
        ConnectionString = connectionString;
        var services = new ServiceCollection().AddLogging().AddStorage(_ => connectionString);
        services.AddSingleton<IJsonTypeInfoResolver>(DatabasesJson.Default);
        services.AddSingleton<IJsonTypeInfoResolver>(TiersJson.Default);
        services.AddSingleton<IJsonTypeInfoResolver>(AccessJson.Default);
        services.AddSingleton<IJsonTypeInfoResolver>(QuotasJson.Default);
        if (leased)
            services.AddEmbeddedSiloStorage();
        else
            services.AddSingleton<IReminderTable, NpgsqlReminderTable>();
        _services = services.BuildServiceProvider();
    }

    public string ConnectionString { get; }

    public IGrainStorage Grains => _services.GetRequiredKeyedService<IGrainStorage>(StorageModule.ProviderName);

    public IReminderTable Reminders => Get<IReminderTable>();

    public IDatabaseListing Databases => Get<IDatabaseListing>();

    public ITierListing Tiers => Get<ITierListing>();

    public IApiKeyListing ApiKeys => Get<IApiKeyListing>();

    public IQuotaLedger Ledger => Get<IQuotaLedger>();

    public IQuotaListing Quotas => Get<IQuotaListing>();

    public IAuditLog Audit => Get<IAuditLog>();

    public IAuditListing AuditListing => Get<IAuditListing>();

    public IActiveNodeLease Lease => Get<IActiveNodeLease>();

    public static async Task<TestStore> OpenAsync(string connectionString, bool leased = false)
    {
        var store = new TestStore(connectionString, leased);
        await store.Get<Migrator>().MigrateAsync(CancellationToken.None);
        return store;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<GrainState<T>> ReadAsync<T>(string kind, string key)
        where T : new()
    {
        var state = new GrainState<T>(new T());
        await Grains.ReadStateAsync(kind, GrainId.Create("any", key), state);
        return state;
    }

    public async Task<GrainState<T>> WriteAsync<T>(string kind, string key, T value, string? etag = null)
    {
        var state = new GrainState<T>(value, etag);
        await WriteAsync(kind, key, state);
        return state;
    }

    public Task WriteAsync<T>(string kind, string key, GrainState<T> state) =>
        Grains.WriteStateAsync(kind, GrainId.Create("any", key), state);

    public Task ClearAsync<T>(string kind, string key, GrainState<T> state) =>
        Grains.ClearStateAsync(kind, GrainId.Create("any", key), state);

    public Task<GrainState<DatabaseState>> AddAsync(DatabaseState database) => WriteAsync("database", database.Id.Value, database);

    public async Task<string?> SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
