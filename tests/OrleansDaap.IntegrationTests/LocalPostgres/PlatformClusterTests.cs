using System.Diagnostics;
using Npgsql;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class PlatformClusterTests
{
    [DependentFact]
    public async Task It_is_made_once_and_taken_over_or_started_again_with_its_data()
    {
        await using var installation = new LocalInstallation();
        var connection = await installation.Platform.StartAsync(default);
        await ExecuteAsync(connection, "CREATE TABLE kept AS SELECT 42 AS answer");

        // The server is killed: the next one takes over.
        await installation.RestartServerAsync();
        var pid = Pid(installation);
        connection = await installation.Platform.StartAsync(default);
        Assert.Equal(pid, Pid(installation));
        Assert.Equal(42, await ExecuteAsync(connection, "SELECT answer FROM kept"));

        // The server ends as it should.
        await installation.Platform.StopAsync(default);
        Assert.Empty(installation.FindProcesses());
        var watch = Stopwatch.StartNew();
        connection = await installation.Platform.StartAsync(default);
        Assert.Equal(42, await ExecuteAsync(connection, "SELECT answer FROM kept"));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));

        // The cluster itself crashes.
        Posix.Signal(Pid(installation), Posix.Kill);
        await installation.RestartServerAsync();
        connection = await installation.Platform.StartAsync(default);
        Assert.Equal(42, await ExecuteAsync(connection, "SELECT answer FROM kept"));
    }

    [DependentFact]
    public async Task It_listens_on_no_port_and_is_durable()
    {
        await using var installation = new LocalInstallation();
        var connection = await installation.Platform.StartAsync(default);

        Assert.Equal("", await ExecuteAsync(connection, "SHOW listen_addresses"));
        Assert.Equal("on", await ExecuteAsync(connection, "SHOW fsync"));
        Assert.Equal("on", await ExecuteAsync(connection, "SHOW data_checksums"));
    }

    private static int Pid(LocalInstallation installation) => int.Parse(
        File.ReadLines(Path.Combine(installation.DataDirectory, "platform/pgdata/postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
