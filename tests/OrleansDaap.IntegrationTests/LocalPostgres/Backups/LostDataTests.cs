using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>What is left of a source whose own files are lost or broken: all that was archived, and nothing more is promised.</summary>
[RequiresLocalPostgres]
public sealed class LostDataTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public Task A_source_whose_data_is_lost_is_restored_up_to_what_was_archived() => RestoresWithoutAsync("");

    [DependentFact]
    public Task A_source_whose_changes_are_lost_is_restored_up_to_what_was_archived() => RestoresWithoutAsync("pg_wal");

    private async Task RestoresWithoutAsync(string lost)
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.WriteAsync(5);
        var moment = await source.MomentAsync(5);
        // A commit just before the end of a file is not counted on.
        await source.CommandAsync("SELECT pg_sleep(1.2)");
        await source.CommandAsync("SELECT pg_switch_wal()");
        while (ArchiveStatus.Read(source.Database.Pgdata) is not { Waiting.Count: 0 } status || !(status.ArchivedUpTo > moment)) await Task.Yield();
        installation.Services.GetRequiredService<BackupWorkers>().CheckAll();
        await source.Database.KillAsync();
        Directory.Delete(Path.Combine(source.Database.Pgdata, lost), recursive: true);
        await installation.Backend.WaitForAsync(source.Id, ClusterPhase.Stopped);
        Assert.Equal(ClusterPhase.Failed, (await source.Database.FailsAsync()).Phase);

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
    public async Task A_broken_source_that_is_frozen_tells_that_its_last_changes_are_not_archived()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await source.BreakAsync(wholly: false);
        await installation.Backend.ApplyAsync(source.Database.Spec with { Generation = 2, Frozen = true }, default);
        var frozen = await installation.Backend.WaitForAsync(source.Id, ClusterPhase.Stopped, 2);
        Assert.Equal(("archiving-failing", "archiving-failing"), (frozen.Backups!.ArchivingFailure?.Code, frozen.Reason?.Code));
        Assert.Equal(frozen.Reason, (await source.SeenAsync()).Reason);
        await source.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_source_that_recovers_for_long_is_frozen_when_it_has_recovered()
    {
        var clock = new ShiftedClock();
        await using var slow = new LocalInstallation { Clock = clock };
        var source = await BackedUpDatabase.CreateAsync(slow);
        await source.BackUpAsync("bk-1");
        await source.WriteAsync(5);
        // It asks for changes from elsewhere, and waits for them.
        var hold = Path.Combine(source.Database.Pgdata, "hold");
        await source.CommandAsync("ALTER SYSTEM SET hot_standby = off");
        await source.CommandAsync("ALTER SYSTEM SET restore_command = 'while [ -e hold ]; do sleep 0.1; done; false'");
        await source.Database.KillAsync();
        foreach (var file in new[] { hold, Path.Combine(source.Database.Pgdata, "recovery.signal") }) await File.WriteAllTextAsync(file, "");
        await System.Diagnostics.Process.Start("chown", ["--reference", source.Database.Pgdata, Path.Combine(source.Database.Pgdata, "recovery.signal")]).WaitForExitAsync();
        await slow.Backend.WaitForAsync(source.Id, ClusterPhase.Stopped);
        await slow.Backend.ApplyAsync(source.Database.Spec with { Generation = 2, Frozen = true }, default);
        while (!PostgresServer.IsRunning(source.Database.Pgdata)) await Task.Yield();
        clock.Ahead = TimeSpan.FromHours(2);
        // Long enough for a stop to begin.
        await TestDatabase.CreateAsync(slow);
        File.Delete(hold);

        var frozen = await slow.Backend.WaitForAsync(source.Id, ClusterPhase.Stopped, 2);
        Assert.NotNull(ControlFile.ShutDownAt(source.Database.Pgdata));
        Assert.Null(frozen.Backups!.ArchivingFailure);
    }

    [DependentFact]
    public async Task A_source_that_breaks_after_a_freeze_is_restored_up_to_the_end_of_that()
    {
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        // Longer than the times of pgBackRest are rounded by.
        await source.CommandAsync("SELECT pg_sleep(2.5)");
        var unfrozen = DateTimeOffset.MaxValue;
        await source.ChangeFilesAsync(() =>
        {
            unfrozen = TimeProvider.System.GetUtcNow();
            var status = Directory.EnumerateFiles(Path.Combine(source.Database.Pgdata, "pg_wal", "archive_status"));
            // As if it had been frozen for an hour.
            foreach (var file in status.Append(Path.Combine(source.Database.Pgdata, "global", "pg_control"))) File.SetLastWriteTimeUtc(file, unfrozen.UtcDateTime.AddHours(-1));
            return Task.CompletedTask;
        });
        await source.BreakAsync(wholly: true);

        var latest = (await source.SeenAsync()).Backups!.LatestRestoreAt;
        Assert.True(latest >= unfrozen - SourceArchive.CommitMargin, $"{latest:O} is before {unfrozen:O}.");
        await source.Database.DestroyAsync();
    }
}
