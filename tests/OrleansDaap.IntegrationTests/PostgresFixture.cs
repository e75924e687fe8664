using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests;

/// <summary>One PostgreSQL for all tests of the collection; each takes a database of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private TestPostgres? _server;

    public TestPostgres Server => _server ?? throw new InvalidOperationException("The test is not a [PostgresFact].");

    public async Task InitializeAsync()
    {
        if (TestPostgres.SkipReason is null)
            _server = await TestPostgres.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
