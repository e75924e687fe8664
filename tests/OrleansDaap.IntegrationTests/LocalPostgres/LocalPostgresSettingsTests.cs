using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>Settings that were written and are not obeyed yet when the work on a cluster ends too early, as a kill ends it.</summary>
[RequiresLocalPostgres]
public sealed class LocalPostgresSettingsTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_reload_that_was_cut_short_is_made_up_for()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var pid = database.PostmasterPid;
        await CutShortAsync(database, database.Spec with { Generation = 2, CpuCores = 3 });
        await database.ReadyAsync();

        Assert.Equal("3", await database.AskAsync("SHOW max_parallel_workers"));
        Assert.Equal(pid, database.PostmasterPid);
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_restart_that_was_cut_short_is_made_up_for()
    {
        var database = await TestDatabase.CreateAsync(installation, spec => spec with { MemoryGib = 0.25m });
        var before = await database.AskAsync("SHOW shared_buffers");
        var pid = database.PostmasterPid;
        await CutShortAsync(database, database.Spec with { Generation = 2, MemoryGib = 0.5m });
        await database.ReadyAsync();

        Assert.NotEqual(before, await database.AskAsync("SHOW shared_buffers"));
        Assert.NotEqual(pid, database.PostmasterPid);
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task The_next_server_makes_up_for_a_reload_of_a_cluster_that_nobody_applies_again()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var places = installation.Services.GetRequiredService<ClusterPlaces>();
        var mark = places.ReloadMark(database.Id);
        Assert.False(File.Exists(mark));
        await installation.RestartServerAsync();
        var conf = Path.Combine(database.Pgdata, "postgresql.conf");
        var wanted = await File.ReadAllTextAsync(conf);
        await File.WriteAllTextAsync(conf, wanted.Replace("pgaudit.log = 'ddl, role, write'", "pgaudit.log = 'ddl'", StringComparison.Ordinal));
        PostgresServer.Reload(database.Pgdata);
        while (await LogsAsync() != "ddl") await Task.Yield();
        // As a server leaves it that is killed after it has written them.
        await File.WriteAllTextAsync(conf, wanted);
        await File.WriteAllTextAsync(mark, "");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await installation.Backend.StartAsync(default);
        while (await LogsAsync() != "ddl, role, write" || File.Exists(mark))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await database.DestroyAsync();

        Task<string> LogsAsync() => database.AskAsync("SHOW pgaudit.log");
    }

    [DependentFact]
    public async Task A_closed_cluster_lets_no_client_in_and_keeps_none_also_when_its_closing_was_cut_short()
    {
        var database = await TestDatabase.CreateAsync(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 20) });
        var (uri, endpoint) = (database.Uri, database.Endpoint);
        var pooled = uri.Replace($":{endpoint.Port}/", $":{endpoint.PooledPort}/", StringComparison.Ordinal);
        await using var direct = await OpenAsync(database, endpoint.Port);
        await using var throughPooler = await OpenAsync(database, endpoint.PooledPort!.Value);
        var sockets = installation.Services.GetRequiredService<DataDirectory>().Sockets;
        Assert.Equal("1", await Psql.AskAsync(pooled, "SELECT 1", database.PasswordFile));

        await CutShortAsync(database, database.Spec with { Generation = 2, Closed = true });
        await installation.Backend.ApplyAsync(database.Spec, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Ready, 2);

        foreach (var session in new[] { direct, throughPooler })
        {
            await using var command = new NpgsqlCommand("SELECT 1", session);
            await Assert.ThrowsAnyAsync<Exception>(() => command.ExecuteScalarAsync());
        }

        foreach (var way in new[] { uri, pooled, $"postgresql://app@/app?host={sockets}&port={endpoint.Port}" })
            Assert.NotEqual(0, (await Psql.TryAsync(way, "SELECT 1", database.PasswordFile)).ExitCode);

        await database.ReadyAsync(database.Spec with { Generation = 3, Closed = false });
        Assert.Equal("1", await database.AskAsync("SELECT 1"));
        await database.DestroyAsync();
    }

    // The first of the files is written, and the second cannot be.
    private async Task CutShortAsync(TestDatabase database, ClusterSpec spec)
    {
        var hba = Path.Combine(database.Pgdata, "pg_hba.conf");
        File.Move(hba, hba + ".away");
        Directory.CreateDirectory(Path.Combine(hba, "in-the-way"));
        await installation.Backend.ApplyAsync(spec, default);
        var seen = await installation.Backend.WaitForAsync(database.Id, seen => seen.Phase is ClusterPhase.Failed or ClusterPhase.Ready && seen.Generation == spec.Generation);
        Assert.Equal(ClusterPhase.Failed, seen.Phase);
        Directory.Delete(hba, recursive: true);
        File.Move(hba + ".away", hba);
        database.Want(spec);
    }

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database, int port)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = database.Endpoint.Host,
            Port = port,
            Username = "app",
            Database = "app",
            Password = database.Credential("password"),
            SslMode = SslMode.VerifyFull,
            RootCertificate = database.Endpoint.Ca.Path,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
