using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
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
    public async Task Nothing_expires_that_is_to_be_kept_and_nothing_is_purged_that_is_being_restored()
    {
        await using var installation = new LocalInstallation(_backRest.Settings);
        var source = await BackedUpDatabase.CreateAsync(installation);
        _backRest.Hold("expire");
        var first = await source.BackUpAsync("bk-1");
        await _backRest.SeesAsync("expire");
        var kept = installation.Backend.KeepBackupsAsync(source.Id, keep: true, default);
        Assert.False(kept.IsCompleted);
        _backRest.Release("expire");
        await kept;
        Assert.Equal("expire ended", _backRest.Log[^1]);
        await source.BackUpAsync("bk-2");
        await source.BackUpAsync("bk-3");
        Assert.Single(_backRest.Log, line => line == "expire");
        await installation.Backend.KeepBackupsAsync(source.Id, keep: false, default);
        await source.BackUpAsync("bk-4");
        await _backRest.SeesAsync("expire ended", times: 2);

        var restored = source.Restored(first.EarliestRestoreAt!.Value);
        _backRest.Hold("restore");
        await installation.Backend.ApplyAsync(restored.Spec, default);
        await _backRest.SeesAsync("restore");
        await installation.Backend.DestroyAsync(source.Id, keepBackups: false, default);
        var waiting = await installation.Backend.WaitForAsync(source.Id, seen => seen is { Phase: ClusterPhase.Absent, Reason: not null });
        Assert.Equal("purge-waits", waiting.Reason!.Code);
        Assert.NotEmpty(await installation.Backend.ListBackupsAsync(source.Id, default));

        // Frozen before it had anything, it reads nothing and keeps nothing.
        await installation.Backend.ApplyAsync(restored.Spec with { Generation = restored.Spec.Generation + 1, Frozen = true }, default);
        await installation.Backend.WaitForAsync(restored.Id, seen => seen.Phase != ClusterPhase.Progressing);
        _backRest.Release("restore");
        await source.Database.DestroyAsync();
        Assert.Equal(ClusterObservation.Absent, await source.SeenAsync());
        await restored.DestroyAsync();
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

    [DependentFact]
    public async Task A_server_that_starts_removes_nothing_before_it_was_asked_for_a_backup()
    {
        await using var installation = new LocalInstallation(_backRest.Settings);
        var source = await BackedUpDatabase.CreateAsync(installation);
        await source.BackUpAsync("bk-1");
        await _backRest.SeesAsync("expire ended");
        await installation.RestartServerAsync();
        await File.WriteAllTextAsync(Path.Combine(installation.ToolsDirectory, "pgbackrest", source.Id.Value, "overdue"), "20200101-000000F 2020-01-02T00:00:00.0000000+00:00\n");
        await installation.Backend.WaitForAsync(source.Id, seen => seen.Backups is { Unknown: null });
        // Long enough for what follows a look.
        var other = await TestDatabase.CreateAsync(installation);
        Assert.Single(_backRest.Log, line => line == "expire");

        await source.BackUpAsync("bk-2");
        await _backRest.SeesAsync("expire ended", times: 2);
        foreach (var database in new[] { other, source.Database }) await database.DestroyAsync();
    }

    [DependentFact]
    public async Task Nothing_expires_by_what_was_seen_before_the_repository_stopped_answering()
    {
        using var backRest = new SlowPgBackRest("expire|info");
        await using var installation = new LocalInstallation(backRest.Settings);
        var source = await BackedUpDatabase.CreateAsync(installation);
        // What is due stays due.
        await installation.Backend.KeepBackupsAsync(source.Id, keep: true, default);
        await source.BackUpAsync("bk-1");
        await source.BackUpAsync("bk-2");
        backRest.Fail("info");
        await installation.Backend.KeepBackupsAsync(source.Id, keep: false, default);
        // The second begins only when what follows the first is done.
        Assert.Equal("repository-unavailable", (await source.TryBackUpAsync("bk-3")).LastFailure?.Code);
        Assert.Equal("repository-unavailable", (await source.TryBackUpAsync("bk-4")).LastFailure?.Code);
        Assert.DoesNotContain("expire", backRest.Log);

        backRest.Mend("info");
        await source.BackUpAsync("bk-5");
        await backRest.SeesAsync("expire ended");
        await source.Database.DestroyAsync();
    }
}
