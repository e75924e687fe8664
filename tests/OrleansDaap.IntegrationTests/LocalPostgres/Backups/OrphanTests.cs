using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>Backups that a killed server began, and that do not end.</summary>
[RequiresLocalPostgres]
public sealed class OrphanTests
{
    /// <summary>So many are taken at once.</summary>
    private const int Slots = 2;

    [DependentFact]
    public async Task They_keep_no_other_database_from_being_backed_up()
    {
        using var backRest = new SlowPgBackRest();
        await using var installation = new LocalInstallation(backRest.Settings);
        var stuck = new List<BackedUpDatabase>();
        for (var number = 0; number < Slots; number++) stuck.Add(await BackedUpDatabase.CreateAsync(installation));
        var other = await BackedUpDatabase.CreateAsync(installation);
        backRest.Hold("backup");
        foreach (var database in stuck) await installation.Backend.BackUpAsync(database.Id, new BackupRequest("bk-1", BackupType.Full), default);
        await backRest.SeesAsync("backup", Slots);
        await installation.RestartServerAsync();
        foreach (var database in stuck) await installation.Backend.BackUpAsync(database.Id, new BackupRequest("bk-1", BackupType.Full), default);
        // Long enough for them to wait.
        await TestDatabase.CreateAsync(installation);
        var taken = other.BackUpAsync("bk-2");
        await backRest.SeesAsync("backup", Slots + 1);

        backRest.Release("backup");
        await taken;
        foreach (var database in stuck) await database.EndedAsync("bk-1");
    }
}
