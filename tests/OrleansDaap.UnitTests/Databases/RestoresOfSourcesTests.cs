using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>What a source owes the restores of it, whatever is asked of it and whoever is killed meanwhile.</summary>
public sealed class RestoresOfSourcesTests : IAsyncLifetime
{
    private static readonly DatabaseId Source = DatabaseSilo.Id;
    private static readonly DatabaseId Restored = DatabaseId.New(Samples.Start.AddSeconds(1));
    private static readonly NewDatabase Request = DatabaseSilo.Request with { Tier = "safe" };
    private DatabaseSilo _databases = null!;

    private TestSilo Silo => _databases.Silo;

    private FakePostgresBackend Backend => _databases.Backend;

    private DateTimeOffset Now => Silo.Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        _databases = await DatabaseSilo.StartAsync();
        await _databases.AddSafeTierAsync();
        await _databases.Database.CreateAsync(Request);
        await ReconcileAsync(Source, 3);
    }

    public async Task DisposeAsync() => await _databases.DisposeAsync();

    [Fact]
    public async Task An_archive_whose_retention_ends_during_a_restore_waits_for_it_and_says_so()
    {
        await ArchiveAsync();
        Silo.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromHours(1));
        Backend.Stall(Restored);
        await RestoreAsync(Now);
        await EndRetentionAsync();

        var waiting = await StateAsync(Source);
        Assert.Equal((DatabaseStatus.Archived, "purge-waits"), (waiting.Status, waiting.StatusReason?.Code));
        Assert.Contains(Restored.Value, waiting.StatusReason!.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await Backend.ListBackupsAsync(Source, default));

        Backend.Heal(Restored);
        await ReconcileAsync(Restored, 2);
        await ReconcileAsync(Source, 4);
        Assert.Equal(DatabaseStatus.Ready, (await StateAsync(Restored)).Status);
        Assert.Equal((DatabaseStatus.Deleted, null), ((await StateAsync(Source)).Status, (await StateAsync(Source)).StatusReason));
        Assert.Empty(await Backend.ListBackupsAsync(Source, default));
    }

    [Fact]
    public async Task An_archive_that_waits_for_a_restore_by_a_clock_that_was_ahead_is_simply_archived_once_that_is_right()
    {
        await ArchiveAsync();
        Backend.Stall(Restored);
        await RestoreAsync(Now);
        var at = Now;
        Silo.Clock.SetUtcNow(at.AddDays(31));
        await EndRetentionAsync();
        Assert.Equal("purge-waits", (await StateAsync(Source)).StatusReason?.Code);

        Silo.Clock.SetUtcNow(at);
        await ReconcileAsync(Source, 2);
        Assert.Equal((DatabaseStatus.Archived, null), ((await StateAsync(Source)).Status, (await StateAsync(Source)).StatusReason));
        Assert.True((await StateAsync(Source)).Settled);
    }

    [Fact]
    public async Task A_restore_that_was_accepted_and_not_begun_when_the_server_was_killed_finds_its_source_as_it_was()
    {
        await ArchiveAsync();
        Silo.Clock.Advance(TimeSpan.FromDays(30));
        await ReconcileAsync(Source, 2);
        Silo.Clock.Advance(TimeSpan.FromMinutes(59));
        Silo.Storage.Before = (operation, grain) =>
        {
            if (operation == StorageOperation.Write && grain.Key.ToString() == Restored.Value)
                Silo.Storage.After = static () => throw new StoreUnavailableException("It was written, and nobody heard of it.", null);
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RestoreAsync(Now));
        (Silo.Storage.Before, Silo.Storage.After) = (null, null);
        Silo.Crash();
        Backend.Restart();
        await Silo.StartAsync();

        // Its reminder comes only later.
        Silo.Clock.Advance(TimeSpan.FromMinutes(2));
        await ReconcileAsync(Source, 4);
        Assert.DoesNotContain(Restored, Backend.Clusters);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync(Source)).Status);

        await ReconcileAsync(Restored, 3);
        Assert.Equal(DatabaseStatus.Ready, (await StateAsync(Restored)).Status);
        await ReconcileAsync(Source, 4);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync(Source)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_oldest_backup_does_not_expire_from_under_a_restore_that_has_not_begun(bool crash)
    {
        var first = Now;
        Backend.Stall(Restored);
        await RestoreAsync(first);
        if (crash)
        {
            Silo.Crash();
            Backend.Restart();
            await Silo.StartAsync();
        }

        await BackUpAsync();
        Backend.Expire(Source);
        Assert.Equal(2, (await Backend.ListBackupsAsync(Source, default)).Count);
        Backend.Heal(Restored);
        await ReconcileAsync(Restored, 3);
        Assert.Equal((DatabaseStatus.Ready, first), ((await StateAsync(Restored)).Status, (await StateAsync(Restored)).RestoredFrom?.TargetTime));

        // It is not kept any longer than that.
        await BackUpAsync();
        Backend.Expire(Source);
        Assert.Single(await Backend.ListBackupsAsync(Source, default));
    }

    [Fact]
    public async Task A_restore_that_was_never_accepted_keeps_nothing_for_long()
    {
        await Silo.Grain<IDatabaseGrain>(Source.Value).PrepareRestoreAsync(Restored, Now);
        await Silo.Grain<IDatabaseGrain>(Source.Value).DestroyAsync(hard: true);
        await ReconcileAsync(Source, 6);
        Assert.Equal("purge-waits", (await StateAsync(Source)).StatusReason?.Code);

        Silo.Clock.Advance(TimeSpan.FromMinutes(11));
        await ReconcileAsync(Source, 4);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync(Source)).Status);
    }

    [Fact]
    public async Task A_restore_that_is_refused_keeps_nothing()
    {
        await _databases.Quota("safe").SetLimitsAsync(new QuotaLimits { Databases = 1 });
        Assert.Equal(ProblemCode.QuotaExceeded, (await Assert.ThrowsAsync<ProblemException>(() => RestoreAsync(Now))).Code);
        await Silo.Grain<IDatabaseGrain>(Source.Value).DestroyAsync(hard: true);
        await ReconcileAsync(Source, 6);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync(Source)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_is_deleted_during_a_restore_stops_at_once_and_its_backups_go_when_that_is_over(bool crash)
    {
        Backend.Stall(Restored);
        await RestoreAsync(Now);
        await ReconcileAsync(Restored, 1);
        Assert.Equal(DatabaseStatus.Ready, (await StateAsync(Source)).Status);
        await Silo.Grain<IDatabaseGrain>(Source.Value).DestroyAsync(hard: true);
        for (var step = 0; step < 5; step++)
        {
            if (crash)
            {
                Silo.Crash();
                await Silo.StartAsync();
            }

            await ReconcileAsync(Source, 1);
            Silo.Clock.Advance(TimeSpan.FromSeconds(31));
            await ReconcileAsync(Source, 1);
        }

        var waiting = await StateAsync(Source);
        Assert.Equal((DatabaseStatus.Error, "purge-waits"), (waiting.Status, waiting.StatusReason?.Code));
        Assert.Equal((OperationKind.HardDelete, OperationStatus.Running, "purge-waits"), (waiting.Operations[^1].Kind, waiting.Operations[^1].Status, waiting.Operations[^1].Error?.Code));
        Assert.Equal(
            [("remove-cluster", OperationStatus.Succeeded), ("release-quota", OperationStatus.Succeeded), ("remove-backups", OperationStatus.Running)],
            waiting.Operations[^1].Steps.Select(step => (step.Name, step.Status)));
        Assert.DoesNotContain(Source, Backend.Clusters);
        Assert.NotEmpty(await Backend.ListBackupsAsync(Source, default));
        Assert.Equal(1, (await _databases.UsedAsync("safe")).Databases);
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => RestoreAsync(Now, DatabaseId.New(Samples.Start.AddSeconds(2)), "another"));
        Assert.Equal(ProblemCode.InvalidState, refusal.Code);

        Backend.Heal(Restored);
        await ReconcileAsync(Restored, 2);
        Silo.Clock.Advance(TimeSpan.FromSeconds(31));
        await ReconcileAsync(Source, 4);
        Assert.Equal(DatabaseStatus.Ready, (await StateAsync(Restored)).Status);
        Assert.Equal((DatabaseStatus.Deleted, null), ((await StateAsync(Source)).Status, (await StateAsync(Source)).StatusReason));
        Assert.Empty(await Backend.ListBackupsAsync(Source, default));
    }

    [Fact]
    public async Task A_source_that_is_being_removed_keeps_nothing_for_a_restore_that_is_refused_for_that()
    {
        await BackUpAsync();
        Backend.FailPurgesWith(Source, "purge-failed", "The repository does not answer.");
        await Silo.Grain<IDatabaseGrain>(Source.Value).DestroyAsync(hard: true);
        await ReconcileAsync(Source, 2);
        Assert.Equal(ProblemCode.InvalidState, (await Assert.ThrowsAsync<ProblemException>(() => RestoreAsync(Now))).Code);

        Backend.Expire(Source);
        Assert.Single(await Backend.ListBackupsAsync(Source, default));
    }

    [Fact]
    public async Task A_source_that_is_deleted_waits_no_longer_for_a_restore_that_is_deleted_too()
    {
        Backend.Stall(Restored);
        await RestoreAsync(Now);
        await ReconcileAsync(Restored, 1);
        await Silo.Grain<IDatabaseGrain>(Source.Value).DestroyAsync(hard: true);
        await ReconcileAsync(Source, 4);
        Assert.Equal("purge-waits", (await StateAsync(Source)).StatusReason?.Code);

        await Silo.Grain<IDatabaseGrain>(Restored.Value).DestroyAsync(hard: true);
        Silo.Clock.Advance(TimeSpan.FromSeconds(31));
        await ReconcileAsync(Source, 4);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync(Source)).Status);
    }

    [Fact]
    public async Task A_source_that_asks_for_its_restore_while_that_is_being_accepted_does_not_put_it_to_sleep()
    {
        _databases.Ledger.BeforeWrite = () => ReconcileAsync(Source, 1);
        await RestoreAsync(Now);
        _databases.Ledger.BeforeWrite = null;

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Backend.Applied.All(spec => spec.Id != Restored))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_restore_takes_its_place_in_the_tier_that_its_source_is_in_when_it_is_accepted()
    {
        var later = DatabaseId.New(Samples.Start.AddSeconds(2));
        await _databases.AddTierAsync("large", spec => spec with { CpuCores = 4, Backup = new() { Schedule = "0 * * * *", RetentionDays = 7 } });
        Backend.Manual = true;
        var made = Now;
        await RestoreAsync(made, name: "before");
        await Silo.Grain<IDatabaseGrain>(Source.Value).MoveAsync("large");
        await ReconcileAsync(Source, 2);
        await RestoreAsync(made, later, "during");
        Assert.Equal((2, 2m), ((await _databases.UsedAsync("safe")).Databases, (await _databases.UsedAsync("safe")).CpuCores));
        Assert.Equal((2, 8m), ((await _databases.UsedAsync("large")).Databases, (await _databases.UsedAsync("large")).CpuCores));

        Backend.Manual = false;
        foreach (var id in new[] { Source, Restored, later })
        {
            await ReconcileAsync(id, 2);
            Backend.Complete(id);
            await ReconcileAsync(id, 4);
            Assert.Equal(DatabaseStatus.Ready, (await StateAsync(id)).Status);
        }

        Assert.Equal(("safe", "large"), ((await StateAsync(Restored)).Tier.Id, (await StateAsync(later)).Tier.Id));
        Assert.Equal((1, 2), ((await _databases.UsedAsync("safe")).Databases, (await _databases.UsedAsync("large")).Databases));
    }

    private async Task ArchiveAsync()
    {
        await Silo.Grain<IDatabaseGrain>(Source.Value).DestroyAsync(hard: false);
        await ReconcileAsync(Source, 8);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync(Source)).Status);
    }

    /// <summary>An archive looks at the clock twice before it decides.</summary>
    private async Task EndRetentionAsync()
    {
        Silo.Clock.Advance(TimeSpan.FromHours(1));
        await ReconcileAsync(Source, 2);
        Silo.Clock.Advance(TimeSpan.FromHours(1));
        await ReconcileAsync(Source, 4);
    }

    private async Task BackUpAsync()
    {
        await Silo.Grain<IDatabaseGrain>(Source.Value).BackUpAsync(new BackupRequest($"bk-{Guid.NewGuid():N}", BackupType.Full));
        Silo.Clock.Advance(TimeSpan.FromSeconds(5));
        await ReconcileAsync(Source, 2);
    }

    private Task<DatabaseState> RestoreAsync(DateTimeOffset target, DatabaseId? id = null, string name = "orders-restored") =>
        Silo.Grain<IDatabaseGrain>((id ?? Restored).Value).CreateAsync(Request with { Name = name, Recovery = new RecoverySource(Source, target) });

    private async Task<DatabaseState> StateAsync(DatabaseId id) => (await Silo.Grain<IDatabaseGrain>(id.Value).GetAsync())!;

    private async Task ReconcileAsync(DatabaseId id, int times)
    {
        for (var i = 0; i < times; i++) await Silo.Grain<IDatabaseGrain>(id.Value).ReconcileAsync();
    }
}
