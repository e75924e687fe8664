using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>A start that is cut short, by another wish or by the server's end, leaves no PostgreSQL that nobody knows of.</summary>
[RequiresLocalPostgres]
public sealed class LocalPostgresInterruptionTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    private const int Rounds = 4;

    [DependentFact]
    public async Task A_freeze_in_the_midst_of_a_start_leaves_nothing_running()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var generation = 1;
        for (var round = 0; round < Rounds; round++)
        {
            await FreezeAsync(database, ++generation);
            await installation.Backend.ApplyAsync(database.Spec with { Generation = ++generation }, default);
            // A start may be over before anybody has seen it.
            var ready = installation.Backend.WaitForAsync(database.Id, ClusterPhase.Ready, generation);
            while (!ready.IsCompleted && ProcessTable.FindStarting(database.Pgdata).Count == 0) await Task.Yield();
            await FreezeAsync(database, ++generation);
            Assert.Empty(Processes(database));
        }

        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_postgres_that_has_not_written_its_pid_file_yet_is_waited_for()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var pid = database.PostmasterPid;
        var pidFile = Path.Combine(database.Pgdata, "postmaster.pid");
        await installation.RestartServerAsync();
        File.Move(pidFile, pidFile + ".later");

        await installation.Backend.ApplyAsync(database.Spec, default);
        var seen = installation.Backend.WaitForAsync(database.Id, look => look.Phase is ClusterPhase.Ready or ClusterPhase.Failed);
        // The work on it is well past the look at the port.
        await Task.WhenAny(seen, AfterAsync(TimeSpan.FromSeconds(2)));
        Assert.False(File.Exists(pidFile));
        File.Move(pidFile + ".later", pidFile);

        Assert.Null((await seen).Reason);
        Assert.Equal(pid, database.PostmasterPid);
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_frozen_database_that_runs_is_frozen_again_by_the_next_server()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await FreezeAsync(database, 2);
        await installation.RestartServerAsync();
        var newest = (await installation.Services.GetRequiredService<PostgresInstallations>().ListAsync(default))[^1];
        await installation.Services.GetRequiredService<ToolRunner>().RunAsync(
            newest.Tool("pg_ctl"), ["start", "-w", "-D", database.Pgdata, "-l", Path.Combine(database.Pgdata, "..", "log", "start.log")], default);

        Assert.Equal(1, (await installation.Backend.ObserveAsync(database.Id, default)).Generation);
        await FreezeAsync(database, 2);
        Assert.Empty(Processes(database));
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task Directories_that_a_kill_left_half_made_are_no_clusters_and_go()
    {
        await using var other = new LocalInstallation();
        var id = DatabaseId.New(TimeProvider.System.GetUtcNow());
        string[] left = [.. new[] { "clusters", "credentials" }.SelectMany(kind => new[] { $"{kind}/.{id}.new", $"{kind}/{id}.new" })];
        foreach (var half in left) Directory.CreateDirectory(Path.Combine(other.DataDirectory, half));
        await other.Backend.StartAsync(default);

        Assert.DoesNotContain(left, half => Directory.Exists(Path.Combine(other.DataDirectory, half)));
        Assert.Equal(ClusterObservation.Absent, await other.Backend.ObserveAsync(id, default));
        Assert.DoesNotContain(other.Logs.Messages, message => message.Contains("is not a database's", StringComparison.Ordinal));
    }

    [DependentFact]
    public async Task An_initdb_that_outlives_its_server_is_in_nobodys_way()
    {
        await using var other = new LocalInstallation();
        await other.Services.GetRequiredService<DataDirectory>().OpenAsync(default);
        var newest = (await other.Services.GetRequiredService<PostgresInstallations>().ListAsync(default))[^1];
        var template = $"templates/{newest.Major}/{TemplateRecipe.Fingerprint(newest)}";
        other.Services.GetRequiredService<OwnedFiles>().MakeDirectory(
            Path.Combine(other.DataDirectory, $"templates/{newest.Major}"), FileModes.PrivateDirectory, FileOwner.Tools);
        string[] halves = [.. new[] { template + ".half/pgdata", "platform/pgdata.half" }.Select(half => Path.Combine(other.DataDirectory, half))];
        using var ended = new CancellationTokenSource();
        // What it writes comes up again as fast as it is removed.
        var initdb = Task.Run(() =>
        {
            for (var file = 0; !ended.IsCancellationRequested; file++)
            {
                foreach (var half in halves) TryMake(Path.Combine(half, $"{file % 100}"));
            }
        });
        try
        {
            await other.Platform.StartAsync(default);
            await TestDatabase.CreateAsync(other);
        }
        finally
        {
            await ended.CancelAsync();
            await initdb;
        }

        static void TryMake(string directory)
        {
            try
            {
                Directory.CreateDirectory(directory);
            }
            catch (IOException)
            {
                // Its parent was removed in this moment.
            }
        }
    }

    private static IReadOnlyList<int> Processes(TestDatabase database) => ProcessTable.FindIn(database.Pgdata, "postgres", "no title");

    private static async Task AfterAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }

    private async Task FreezeAsync(TestDatabase database, long generation)
    {
        await installation.Backend.ApplyAsync(database.Spec with { Generation = generation, Frozen = true }, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, generation);
    }
}
