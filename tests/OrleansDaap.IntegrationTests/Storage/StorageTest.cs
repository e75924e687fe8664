using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

/// <summary>A test with a database of its own.</summary>
[Collection(UsesPostgres.Name)]
public abstract class StorageTest(PostgresFixture postgres) : IAsyncLifetime
{
    private protected string ConnectionString { get; private set; } = "";

    private protected TestStore Store { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        ConnectionString = await postgres.Server.CreateDatabaseAsync();
        Store = await TestStore.OpenAsync(ConnectionString);
    }

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();
}
