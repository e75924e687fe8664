using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres]
public sealed class RestoreTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_restore_is_exact_to_the_transaction_and_two_run_at_once()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.WriteAsync(30);
        var target = await source.MomentAsync(17);
        var (exact, beyond) = (source.Restored(target), source.Restored(target.AddHours(1)));
        await Task.WhenAll(exact.ReadyAsync(), beyond.ReadyAsync());

        Assert.Equal("17|17", await exact.AskAsync("SELECT count(*), max(n) FROM written"));
        Assert.Equal("16", await exact.AskAsync("SELECT max(n) FROM moment"));
        Assert.Equal("30|30", await beyond.AskAsync("SELECT count(*), max(n) FROM written"));
        Assert.Equal("30", await beyond.AskAsync("SELECT max(n) FROM moment"));

        // It is a database of its own: other credentials, and its changes go to its own place.
        Assert.NotEqual(source.Database.Credential("password"), exact.Credential("password"));
        Assert.NotEqual(source.Database.Endpoint.Port, exact.Endpoint.Port);
        var (refused, _) = await Psql.TryAsync(source.Database.Uri.Replace($":{source.Database.Endpoint.Port}/", $":{exact.Endpoint.Port}/", StringComparison.Ordinal), "SELECT 1");
        Assert.NotEqual(0, refused);
        await exact.AskAsync("INSERT INTO written VALUES (100)");
        var own = new BackedUpDatabase(installation, exact);
        await own.BackUpAsync("bk-own");
        Assert.Equal(BackupType.Full, Assert.Single(await installation.Backend.ListBackupsAsync(exact.Id, default)).Type);
        Assert.Equal("30", await source.Database.AskAsync("SELECT count(*) FROM written"));
        Assert.Equal("bk-1", Assert.Single(await installation.Backend.ListBackupsAsync(source.Id, default)).Id);
        await source.BackUpAsync("bk-2", BackupType.Incremental);

        foreach (var database in new[] { source.Database, exact, beyond }) await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_frozen_source_and_one_that_is_gone_are_restored_whole()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.WriteAsync(20);
        await installation.Backend.ApplyAsync(source.Database.Spec with { Generation = 2, Frozen = true }, default);
        var frozen = await installation.Backend.WaitForAsync(source.Id, ClusterPhase.Stopped, 2);
        var ofFrozen = await source.RestoreAsync(frozen.Backups!.LatestRestoreAt!.Value);
        Assert.Equal("20", await ofFrozen.AskAsync("SELECT max(n) FROM moment"));

        await installation.Backend.DestroyAsync(source.Id, keepBackups: true, default);
        var gone = await installation.Backend.WaitForAsync(source.Id, ClusterPhase.Absent);
        Assert.False(Directory.Exists(source.Database.Pgdata));
        await installation.RestartServerAsync();
        Assert.Equal(gone.Backups!.LatestRestoreAt, (await source.SeenAsync()).Backups!.LatestRestoreAt);
        Assert.Equal(frozen.Backups.LatestRestoreAt, gone.Backups.LatestRestoreAt);
        var ofGone = await source.RestoreAsync(gone.Backups.LatestRestoreAt!.Value);
        Assert.Equal("20", await ofGone.AskAsync("SELECT max(n) FROM moment"));

        foreach (var database in new[] { source.Database, ofFrozen, ofGone }) await database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_source_broken_beyond_starting_is_restored_up_to_what_was_archived()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.WriteAsync(5);
        var backup = await source.BackUpAsync("bk-1");
        // What nobody can archive any more is not promised, and in nobody's way.
        await source.FailArchiverAsync(true);
        await source.WriteAsync(5);
        await source.CommandAsync("SELECT pg_switch_wal()");
        await source.BreakAsync(wholly: true);

        var seen = (await source.SeenAsync()).Backups!;
        Assert.True(seen.LatestRestoreAt >= backup.EarliestRestoreAt);
        var restored = await source.RestoreAsync(seen.LatestRestoreAt!.Value);
        Assert.Equal("5", await restored.AskAsync("SELECT max(n) FROM written"));

        await source.Database.DestroyAsync();
        await restored.DestroyAsync();
    }

    [DependentFact]
    public async Task A_source_broken_beyond_starting_is_restored_up_to_its_last_whole_file_of_changes_archived_or_not()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.FailArchiverAsync(true);
        await source.WriteAsync(5);
        var moment = await source.MomentAsync(5);
        // A commit just before the end of a file is not counted on.
        await source.CommandAsync("SELECT pg_sleep(1.2)");
        await source.CommandAsync("SELECT pg_switch_wal()");
        await source.BreakAsync(wholly: false);

        var latest = (await source.SeenAsync()).Backups!.LatestRestoreAt!.Value;
        Assert.True(latest >= moment, $"{latest:O} is before {moment:O}.");
        var restored = await source.RestoreAsync(latest);
        Assert.Equal("5", await restored.AskAsync("SELECT max(n) FROM moment"));
        await installation.Backend.DestroyAsync(source.Id, keepBackups: true, default);
        Assert.Equal(latest, (await installation.Backend.WaitForAsync(source.Id, ClusterPhase.Absent)).Backups!.LatestRestoreAt);

        await source.Database.DestroyAsync();
        await restored.DestroyAsync();
    }

    [DependentFact]
    public async Task What_a_source_committed_before_it_died_is_archived_before_its_cluster_goes()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.WriteAsync(3);
        await source.Database.KillAsync();
        await installation.Backend.DestroyAsync(source.Id, keepBackups: true, default);
        var gone = await installation.Backend.WaitForAsync(source.Id, ClusterPhase.Absent);

        var restored = await source.RestoreAsync(gone.Backups!.LatestRestoreAt!.Value);
        Assert.Equal("3", await restored.AskAsync("SELECT max(n) FROM moment"));
        await restored.DestroyAsync();
        await source.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_damaged_backup_is_refused_and_leaves_nothing_half_made()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        var bundle = Directory.EnumerateFiles(Path.Combine(source.Repository, "backup", source.Id.Value), "1", SearchOption.AllDirectories).First(file => file.Contains("bundle", StringComparison.Ordinal));
        using (var file = new FileStream(bundle, FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[64]);
        }

        var restored = source.Restored((await source.SeenAsync()).Backups!.LatestRestoreAt!.Value);
        var failed = await restored.FailsAsync();
        Assert.Equal((ClusterPhase.Failed, "restore-failed"), (failed.Phase, failed.Reason!.Code));
        Assert.False(Directory.Exists(restored.Pgdata));
        var drill = await source.DrillAsync("drill-1");
        Assert.Equal("restore-failed", drill.Failure?.Code);
        Assert.Null(drill.ProvenAt);

        await restored.DestroyAsync();
        await source.Database.DestroyAsync();
        AssertNothingOf(restored.Id.Value);
        AssertNothingOf(source.Id.Value);
    }

    [DependentFact]
    public async Task What_a_source_committed_before_it_died_is_restored_once_it_was_frozen()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        await database.WriteAsync(3);
        var moment = await database.MomentAsync(3);
        await database.Database.KillAsync();
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
        var restored = database.Restored(moment);
        Assert.Equal("restore-source-behind", (await restored.FailsAsync()).Reason?.Code);

        await installation.Backend.ApplyAsync(database.Database.Spec with { Generation = 2, Frozen = true }, default);
        await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        await restored.ReadyAsync();
        Assert.Equal("3", await restored.AskAsync("SELECT count(*) FROM written"));
        await restored.DestroyAsync();
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_restore_that_is_killed_goes_on_when_it_is_applied_again()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.WriteAsync(3);
        await source.BackUpAsync("bk-1");
        var restored = source.Restored((await source.SeenAsync()).Backups!.LatestRestoreAt!.Value);
        await installation.Backend.ApplyAsync(restored.Spec, default);
        await source.KillAsync("restore");
        var failed = await installation.Backend.WaitForAsync(restored.Id, seen => seen.Phase == ClusterPhase.Failed);
        Assert.Equal("restore-failed", failed.Reason!.Code);

        // And the server in the midst of the next attempt.
        await installation.Backend.ApplyAsync(restored.Spec, default);
        await source.ProcessesAsync("restore");
        await installation.RestartServerAsync();
        Assert.False(Directory.Exists(restored.Pgdata));
        await restored.ReadyAsync();
        Assert.Equal("3", await restored.AskAsync("SELECT max(n) FROM written"));
        Assert.False(Directory.Exists(restored.Pgdata + ".restore"));

        await restored.DestroyAsync();
        await source.Database.DestroyAsync();
    }

    private void AssertNothingOf(string id)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(installation.ToolsDirectory, "*", everything), path => path.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(installation.DataDirectory, "*", everything), path => path.Contains(id, StringComparison.Ordinal));
        Assert.DoesNotContain(installation.FindProcesses(), pid => ProcFile.Read(pid, "cmdline").Contains(id, StringComparison.Ordinal));
    }
}
