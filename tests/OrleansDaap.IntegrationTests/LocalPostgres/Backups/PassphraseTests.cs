using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres]
public sealed class PassphraseTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    private const string Another = "AnotherPassphraseOfTheSameLengthAsTheRealOneIs00";

    [DependentFact]
    public async Task A_passphrase_that_is_lost_or_another_is_told_by_whatever_needs_it_and_none_is_made_in_its_place()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-0");
        var right = await File.ReadAllTextAsync(database.Passphrase);
        var latest = (await database.SeenAsync()).Backups!.LatestRestoreAt!.Value;
        var round = 0;
        foreach (var (wrong, code) in new[] { (null, "passphrase-missing"), (Another, "passphrase-wrong"), ("", "passphrase-wrong") })
        {
            await PutAsync(database, wrong);
            round++;
            for (var restart = 0; restart < 2; restart++)
            {
                Assert.Equal(code, (await database.TryBackUpAsync($"bk-{round}-{restart}")).LastFailure?.Code);
                Assert.Equal(code, (await database.DrillAsync($"drill-{round}-{restart}")).Failure?.Code);
                var restored = database.Restored(latest);
                Assert.Equal(code, (await restored.FailsAsync()).Reason?.Code);
                await restored.DestroyAsync();

                // The next server changes nothing either; neither does a PostgreSQL that has to be started again.
                await installation.RestartServerAsync();
                await database.Database.KillAsync();
                await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped);
                await database.Database.ReadyAsync();
                Assert.Equal(wrong, File.Exists(database.Passphrase) ? await File.ReadAllTextAsync(database.Passphrase) : null);
            }

            await PutAsync(database, right);
            await database.BackUpAsync($"bk-{round}", BackupType.Incremental);
        }

        Assert.Null((await database.DrillAsync("drill-last")).Failure);
        Assert.Equal(4, (await installation.Backend.ListBackupsAsync(database.Id, default)).Count);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_wrong_passphrase_is_told_when_the_settings_are_gone_too_and_the_right_one_heals_it()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var right = await File.ReadAllTextAsync(database.Passphrase);
        var settings = Path.Combine(installation.ToolsDirectory, "pgbackrest", database.Id.Value, "pgbackrest.conf");
        // With the settings the last trace of the right one is gone from this machine.
        await PutAsync(database, Another);
        File.Delete(settings);
        await installation.RestartServerAsync();

        var seen = await installation.Backend.WaitForAsync(database.Id, seen => seen.Backups?.ArchivingFailure is not null);
        Assert.False(File.Exists(settings));
        Assert.Contains("passphrase", seen.Backups!.ArchivingFailure!.Message, StringComparison.Ordinal);
        Assert.Equal("passphrase-wrong", (await database.TryBackUpAsync("bk-2")).LastFailure?.Code);
        Assert.Equal("passphrase-wrong", (await database.DrillAsync("drill-1")).Failure?.Code);

        await PutAsync(database, right);
        await installation.RestartServerAsync();
        await database.BackUpAsync("bk-3", BackupType.Incremental);
        Assert.Null((await database.DrillAsync("drill-2")).Failure);
        Assert.Equal(2, (await installation.Backend.ListBackupsAsync(database.Id, default)).Count);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task Settings_with_a_passphrase_that_the_repository_does_not_know_are_told_of()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var right = await File.ReadAllTextAsync(database.Passphrase);
        var settings = Path.Combine(installation.ToolsDirectory, "pgbackrest", database.Id.Value, "pgbackrest.conf");
        // Some of these are deciphered to one thing, some to another.
        for (var round = 0; round < 4; round++)
        {
            var text = await File.ReadAllTextAsync(settings);
            await File.WriteAllTextAsync(settings, text.Replace(right, string.Concat(right.Reverse().Select(letter => round == 0 ? letter : (char)('A' + round))), StringComparison.Ordinal));
            Assert.Equal("passphrase-wrong", (await database.TryBackUpAsync($"bk-{round}-wrong")).LastFailure?.Code);
            Assert.Equal("passphrase-wrong", (await database.DrillAsync($"drill-{round}")).Failure?.Code);
            await File.WriteAllTextAsync(settings, text);
        }

        await database.BackUpAsync("bk-2", BackupType.Incremental);
        await database.Database.DestroyAsync();
    }

    private static async Task PutAsync(BackedUpDatabase database, string? passphrase)
    {
        if (passphrase is null) File.Delete(database.Passphrase);
        else await File.WriteAllTextAsync(database.Passphrase, passphrase);
    }
}
