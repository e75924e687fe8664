using System.Globalization;
using Npgsql;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>What clients notice of a move to another tier.</summary>
[RequiresLocalPostgres]
public sealed class LocalPostgresMoveTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly LocalInstallation _installation = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [DependentFact]
    public async Task Another_size_of_memory_restarts_postgres_and_keeps_the_data()
    {
        var database = await TestDatabase.CreateAsync(_installation, spec => spec with { MemoryGib = 0.25m });
        await database.AskAsync("CREATE TABLE t AS SELECT 7 AS x");
        var pid = database.PostmasterPid;

        await database.ReadyAsync(database.Spec with { Generation = 2, MemoryGib = 0.5m, HasData = true });

        Assert.NotEqual(pid, database.PostmasterPid);
        Assert.Equal("7", await database.AskAsync("SELECT x FROM t"));
        Assert.Equal("128MB", await database.AskAsync("SHOW shared_buffers"));
    }

    [DependentFact]
    public async Task Cores_and_pooling_change_without_cutting_a_connection()
    {
        var database = await TestDatabase.CreateAsync(_installation);
        var pid = database.PostmasterPid;
        await using var client = await ConnectAsync(database, database.Endpoint.Port);
        Assert.Equal("1", await AskAsync(client, "SHOW max_parallel_workers"));

        await database.ReadyAsync(database.Spec with { Generation = 2, CpuCores = 4, StorageGib = 5, HasData = true, Pooler = new PoolerSpec(PoolMode.Session, 20) });

        // A running server reads its files again in its own time, before it takes the next connection at the latest.
        Assert.Equal("4", await database.AskAsync("SHOW max_parallel_workers"));
        Assert.Equal(pid, database.PostmasterPid);
        Assert.Equal("1", await AskAsync(client, "SELECT 1"));

        await using var pooled = await ConnectAsync(database, database.Endpoint.PooledPort!.Value);
        Assert.Equal("1", await AskAsync(pooled, "SELECT 1"));
        await database.ReadyAsync(database.Spec with { Generation = 3, Pooler = new PoolerSpec(PoolMode.Statement, 20) });
        Assert.Equal("1", await AskAsync(pooled, "SELECT 1"));
        Assert.Contains("transaction blocks not allowed", (await Psql.TryAsync(Pooled(database), "BEGIN; SELECT 1", database.PasswordFile)).Output, StringComparison.Ordinal);

        var port = database.Endpoint.PooledPort!.Value;
        await database.ReadyAsync(database.Spec with { Generation = 4, Pooler = null });
        Assert.Null(database.Endpoint.PooledPort);
        Assert.NotEqual(0, (await Psql.TryAsync(database.Connection(port, "require"), "SELECT 1", database.PasswordFile)).ExitCode);
        Assert.Equal("1", await AskAsync(client, "SELECT 1"));
    }

    [DependentFact]
    public async Task Extensions_are_seen_whatever_the_databases_owner_has_put_in_the_way()
    {
        var database = await TestDatabase.CreateAsync(_installation);
        await database.AskAsync("CREATE EXTENSION pg_trgm; CREATE EXTENSION hstore");
        await database.AskAsync("CREATE SCHEMA trap; CREATE TABLE trap.pg_extension (extname name, extversion text)");
        await database.AskAsync("ALTER DATABASE app SET search_path = trap, public, pg_catalog");

        var seen = await _installation.Backend.ListExtensionsAsync(database.Id, default);

        Assert.Equal(["hstore", "pg_trgm", "pgaudit", "plpgsql"], seen!.Select(extension => extension.Name));
        Assert.All(seen!, extension => Assert.Matches("^[0-9.]+$", extension.Version));
    }

    [DependentFact]
    public async Task Extensions_are_unknown_while_the_platform_cannot_get_in_and_the_cluster_still_serves()
    {
        var database = await TestDatabase.CreateAsync(_installation);
        foreach (var socket in Directory.EnumerateFiles(_installation.ToolsDirectory, $".s.PGSQL.{database.Endpoint.Port}", SearchOption.AllDirectories)) File.Delete(socket);

        Assert.Null(await _installation.Backend.ListExtensionsAsync(database.Id, default));
        Assert.Equal(ClusterPhase.Ready, (await _installation.Backend.ObserveAsync(database.Id, default)).Phase);
    }

    private static string Pooled(TestDatabase database) => database.Connection(database.Endpoint.PooledPort!.Value, "require");

    private static async Task<NpgsqlConnection> ConnectAsync(TestDatabase database, int port)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = database.Endpoint.Host,
            Port = port,
            Username = ClusterEndpoint.User,
            Database = ClusterEndpoint.Database,
            Password = database.Credential("password"),
            SslMode = SslMode.Require,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<string?> AskAsync(NpgsqlConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
