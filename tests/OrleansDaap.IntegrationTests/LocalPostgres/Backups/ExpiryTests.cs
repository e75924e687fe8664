using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>Backups that are too old go, and never from under a restore.</summary>
[RequiresLocalPostgres]
public sealed class ExpiryTests : IDisposable
{
    private readonly SlowPgBackRest _backRest = new();

    public void Dispose() => _backRest.Dispose();

    [DependentFact]
    public async Task Nothing_expires_while_a_restore_is_not_at_its_end_whatever_becomes_of_the_server()
    {
        await using var installation = new LocalInstallation(_backRest.Settings);
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.WriteAsync(3);
        var first = await source.BackUpAsync("bk-1");
        await _backRest.SeesAsync("expire ended");
        var restored = source.Restored(first.EarliestRestoreAt!.Value);
        _backRest.Hold("restore");
        await installation.Backend.ApplyAsync(restored.Spec, default);
        await _backRest.SeesAsync("restore");
        // The second begins only when what follows the first is done.
        await source.BackUpAsync("bk-2");
        await source.BackUpAsync("bk-3");
        Assert.Single(_backRest.Log, line => line == "expire");

        // Nobody has applied it to the next server yet.
        await installation.RestartServerAsync();
        await source.BackUpAsync("bk-4");
        await source.BackUpAsync("bk-5");
        Assert.Single(_backRest.Log, line => line == "expire");

        _backRest.Release("restore");
        await restored.ReadyAsync();
        Assert.Equal("3", await restored.AskAsync("SELECT max(n) FROM written"));
        await source.BackUpAsync("bk-6");
        await _backRest.SeesAsync("expire ended", times: 2);
        await restored.DestroyAsync();
        await source.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_restore_begins_when_what_expires_is_gone()
    {
        await using var installation = new LocalInstallation(_backRest.Settings);
        var source = await BackedUpDatabase.CreateAsync(installation);
        _backRest.Hold("expire");
        var first = await source.BackUpAsync("bk-1");
        await _backRest.SeesAsync("expire");
        var restored = source.Restored(first.EarliestRestoreAt!.Value);
        await installation.Backend.ApplyAsync(restored.Spec, default);
        // Long enough for a restore to begin that does not wait.
        var other = await TestDatabase.CreateAsync(installation);
        _backRest.Release("expire");
        await restored.ReadyAsync();

        Assert.Equal(["backup", "backup ended", "expire", "expire ended", "restore", "restore ended"], _backRest.Log);
        foreach (var database in new[] { restored, other, source.Database }) await database.DestroyAsync();
    }
}
