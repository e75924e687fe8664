using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

[RequiresLocalPostgres]
public sealed class LocalPostgresHealingTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_killed_postgres_is_noticed_and_started_again_with_its_data()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await database.AskAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        await database.KillAsync();

        var fallen = await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        Assert.Equal("postgres-stopped", fallen.Reason?.Code);
        await database.ReadyAsync();
        Assert.Equal("42", await database.AskAsync("SELECT answer FROM kept"));
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_killed_pooler_is_noticed_and_started_again()
    {
        var database = await TestDatabase.CreateAsync(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 20) });
        var pidFile = Path.Combine(Path.GetDirectoryName(database.Pgdata)!, "pgbouncer", "pgbouncer.pid");
        Posix.Signal(int.Parse(await File.ReadAllTextAsync(pidFile), System.Globalization.CultureInfo.InvariantCulture), Posix.Kill);

        var fallen = await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        Assert.Equal("pgbouncer-stopped", fallen.Reason?.Code);
        await database.ReadyAsync();
        Assert.Equal("1", await Psql.AskAsync(database.Connection(database.Endpoint.PooledPort!.Value, "verify-full"), "SELECT 1", database.PasswordFile));
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task The_next_server_takes_over_what_runs_and_sees_what_is_frozen()
    {
        var running = await TestDatabase.CreateAsync(installation);
        var frozen = await TestDatabase.CreateAsync(installation);
        await installation.Backend.ApplyAsync(frozen.Spec with { Generation = 2, Frozen = true }, default);
        await installation.Backend.WaitForAsync(frozen.Id, ClusterPhase.Stopped, 2);
        var before = await installation.Backend.ObserveAsync(running.Id, default);
        var pid = running.PostmasterPid;
        await installation.RestartServerAsync();

        Assert.Equal(before, await installation.Backend.ObserveAsync(running.Id, default));
        Assert.Equal(ClusterPhase.Stopped, (await installation.Backend.ObserveAsync(frozen.Id, default)).Phase);
        Assert.Equal(2, (await installation.Backend.ObserveAsync(frozen.Id, default)).Generation);
        await running.ReadyAsync();
        Assert.Equal(pid, running.PostmasterPid);
        await running.DestroyAsync();
        await frozen.DestroyAsync();
    }

    [DependentFact]
    public async Task What_died_while_no_server_ran_is_seen_as_stopped_by_the_next_one()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await installation.RestartServerAsync();
        await database.KillAsync();

        Assert.Equal(ClusterPhase.Stopped, (await installation.Backend.ObserveAsync(database.Id, default)).Phase);
        await database.ReadyAsync();
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_creation_cut_short_by_a_kill_is_no_cluster_and_is_finished_by_the_next_apply()
    {
        var whole = await TestDatabase.CreateAsync(installation);
        var cut = TestDatabase.New(installation);
        // What a server leaves that is killed before the clone has its place: the record, and nothing behind it.
        var record = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(whole.Pgdata)!, "cluster.json"));
        await whole.DestroyAsync();
        await installation.RestartServerAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(cut.Pgdata)!);
        await File.WriteAllTextAsync(
            Path.Combine(Path.GetDirectoryName(cut.Pgdata)!, "cluster.json"),
            record.Replace(whole.Id.Value, cut.Id.Value, StringComparison.Ordinal).Replace("\"Reached\": 1", "\"Reached\": 0", StringComparison.Ordinal)
                .Replace("\"HasData\": true", "\"HasData\": false", StringComparison.Ordinal));

        var seen = await installation.Backend.ObserveAsync(cut.Id, default);
        Assert.Equal((ClusterPhase.Stopped, "interrupted"), (seen.Phase, seen.Reason?.Code));
        await cut.ReadyAsync();
        Assert.Equal("1", await cut.AskAsync("SELECT 1"));
        await cut.DestroyAsync();
    }

    [DependentFact]
    public async Task A_postgres_that_will_not_start_says_why_and_heals_when_that_is_mended()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var other = await TestDatabase.CreateAsync(installation);
        var control = Path.Combine(database.Pgdata, "global", "pg_control");
        await database.KillAsync();
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        File.Move(control, control + ".away");

        var failed = await database.FailsAsync();
        Assert.Equal("postgres-start-failed", failed.Reason?.Code);
        Assert.Contains("pg_control", failed.Reason!.Message, StringComparison.Ordinal);
        Assert.Equal("1", await other.AskAsync("SELECT 1"));
        File.Move(control + ".away", control);
        await database.ReadyAsync();
        await database.DestroyAsync();
        await other.DestroyAsync();
    }

    [DependentFact]
    public async Task A_damaged_configuration_is_written_again()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await File.AppendAllTextAsync(Path.Combine(database.Pgdata, "postgresql.conf"), "nonsense = 'yes'\n");
        await database.KillAsync();
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);

        await database.ReadyAsync();
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_stale_pid_file_whose_number_is_a_strangers_is_no_obstacle()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var stranger = await TestDatabase.CreateAsync(installation);
        await database.KillAsync();
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        var pidFile = Path.Combine(database.Pgdata, "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile);
        lines[0] = $"{stranger.PostmasterPid}";
        await File.WriteAllLinesAsync(pidFile, lines);

        await database.ReadyAsync();
        Assert.Equal("1", await stranger.AskAsync("SELECT 1"));
        await database.DestroyAsync();
        await stranger.DestroyAsync();
    }

    [DependentFact]
    public async Task Lost_data_is_never_replaced_by_an_empty_database()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await database.KillAsync();
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        Directory.Move(database.Pgdata, database.Pgdata + ".away");

        Assert.Equal("data-missing", (await database.FailsAsync()).Reason?.Code);
        Directory.Move(database.Pgdata + ".away", database.Pgdata);
        await database.ReadyAsync();
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_cluster_put_back_after_the_server_began_without_it_is_taken_over()
    {
        var database = await TestDatabase.CreateAsync(installation);
        await database.AskAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        await installation.Backend.ApplyAsync(database.Spec with { Generation = 2, Frozen = true }, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        var directory = Path.GetDirectoryName(database.Pgdata)!;
        var credentials = database.Endpoint.Credentials.Path!;
        await installation.RestartServerAsync();
        Directory.Move(directory, installation.DataDirectory + "/away");
        Directory.Move(credentials, installation.DataDirectory + "/away.credentials");

        Assert.Equal(ClusterObservation.Absent, await installation.Backend.ObserveAsync(database.Id, default));
        Directory.Move(installation.DataDirectory + "/away", directory);
        Directory.Move(installation.DataDirectory + "/away.credentials", credentials);
        Assert.Equal(2, (await installation.Backend.ObserveAsync(database.Id, default)).Generation);
        await database.ReadyAsync(database.Spec with { Generation = 3, HasData = true });
        Assert.Equal("42", await database.AskAsync("SELECT answer FROM kept"));
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_frozen_database_whose_directory_was_lost_does_not_look_frozen()
    {
        var database = await TestDatabase.CreateAsync(installation);
        var frozen = database.Spec with { Generation = 2, Frozen = true, HasData = true };
        await installation.Backend.ApplyAsync(frozen, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        await installation.RestartServerAsync();
        Directory.Move(database.Pgdata, database.Pgdata + ".away");

        Assert.Equal(1, (await installation.Backend.ObserveAsync(database.Id, default)).Generation);
        await installation.Backend.ApplyAsync(frozen, default);
        Assert.Equal("data-missing", (await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Failed)).Reason?.Code);
        Directory.Move(database.Pgdata + ".away", database.Pgdata);
        await installation.Backend.ApplyAsync(frozen, default);
        await installation.Backend.WaitForAsync(database.Id, seen => seen.Phase == ClusterPhase.Stopped);
        await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_destroyed_database_leaves_no_process_and_no_file()
    {
        var other = await TestDatabase.CreateAsync(installation);
        var database = await TestDatabase.CreateAsync(installation, spec => spec with { Pooler = new PoolerSpec(PoolMode.Transaction, 20) });
        // Destroying what has crashed is the harder case.
        await database.KillAsync();
        await database.DestroyAsync();

        Assert.DoesNotContain(installation.FindProcesses(), pid => ProcFile.Read(pid, "cmdline").Contains(database.Id.Value, StringComparison.Ordinal));
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(installation.DataDirectory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }),
            path => path.Contains(database.Id.Value, StringComparison.Ordinal) || path.EndsWith($".s.PGSQL.{database.Endpoint.Port}", StringComparison.Ordinal));
        Assert.Equal("1", await other.AskAsync("SELECT 1"));
        await other.DestroyAsync();
    }

    [DependentFact]
    public async Task What_the_backend_does_not_do_yet_is_said_while_the_database_serves()
    {
        var database = TestDatabase.New(installation, spec => spec with { Instances = 3 });
        var reason = (await database.ReadyAsync()).Reason;

        Assert.Equal("standbys-missing", reason?.Code);
        Assert.Contains("1 of 3 instances", reason!.Message, StringComparison.Ordinal);
        await database.DestroyAsync();
    }
}
