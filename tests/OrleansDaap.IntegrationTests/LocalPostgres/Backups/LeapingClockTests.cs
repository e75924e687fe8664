using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>A clock that leaps ahead, and is set right again.</summary>
[RequiresLocalPostgres]
public sealed class LeapingClockTests
{
    [DependentFact]
    public async Task Backups_that_only_a_leap_of_the_clock_makes_too_old_stay()
    {
        var clock = new ShiftedClock();
        await using var installation = new LocalInstallation { Clock = clock };
        var database = await BackedUpDatabase.CreateAsync(installation);
        var first = (await database.BackUpAsync("bk-1")).EarliestRestoreAt;
        clock.Ahead = TimeSpan.FromDays(30);
        await database.BackUpAsync("bk-2");
        // It begins when whatever follows the one before is done.
        await database.BackUpAsync("bk-3", BackupType.Incremental);
        Assert.Equal(["bk-3", "bk-2", "bk-1"], (await installation.Backend.ListBackupsAsync(database.Id, default)).Select(backup => backup.Id));

        clock.Ahead += OverdueBackups.Grace;
        await database.BackUpAsync("bk-4", BackupType.Incremental);
        await installation.Backend.WaitForAsync(database.Id, seen => seen.Backups!.EarliestRestoreAt > first);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_backup_of_the_future_keeps_none_of_today_from_being_taken_that_can_be()
    {
        await using var installation = new LocalInstallation();
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var history = Directory.EnumerateDirectories(Path.Combine(database.Repository, "backup", database.Id.Value, "backup.history")).Single();
        var label = Path.GetFileName(Directory.EnumerateFiles(history).Single())[..16];
        // pgBackRest goes by the names in there, also of those that are gone since.
        await File.WriteAllTextAsync(Path.Combine(history, $"{label}_20990101-000000I.manifest.gz"), "");
        await database.BackUpAsync("bk-2", BackupType.Incremental);
        Assert.Equal(BackupType.Full, (await installation.Backend.ListBackupsAsync(database.Id, default))[0].Type);

        await File.WriteAllTextAsync(Path.Combine(history, "20990101-000000F.manifest.gz"), "");
        var failure = (await database.TryBackUpAsync("bk-3")).LastFailure!;
        Assert.Equal("clock-behind-backups", failure.Code);
        Assert.Contains("from that moment on", failure.Message, StringComparison.Ordinal);
        await database.Database.DestroyAsync();
    }
}
