using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>Databases of a tier that backs up and archives, in a silo, over a fake backend, with a clock that only the tests move.</summary>
public sealed class BackupsOfDatabasesTests : IAsyncLifetime
{
    private static readonly DatabaseId Id = DatabaseSilo.Id;
    private static readonly DatabaseId Restored = DatabaseId.New(Samples.Start.AddSeconds(1));
    private static readonly NewDatabase Request = DatabaseSilo.Request with { Tier = "safe" };
    private DatabaseSilo _databases = null!;

    private TestSilo Silo => _databases.Silo;

    private FakePostgresBackend Backend => _databases.Backend;

    private DateTimeOffset Now => Silo.Clock.GetUtcNow();

    private IDatabaseGrain Database => _databases.Database;

    private IQuotaGrain Quota => _databases.Quota("safe");

    public async Task InitializeAsync()
    {
        _databases = await DatabaseSilo.StartAsync();
        await _databases.AddSafeTierAsync();
        await Database.CreateAsync(Request);
        await ReconcileAsync(3);
    }

    public async Task DisposeAsync() => await _databases.DisposeAsync();

    [Fact]
    public async Task The_first_backup_is_taken_as_soon_as_the_database_is_ready()
    {
        Assert.Equal(BackupType.Full, Assert.Single(await Backend.ListBackupsAsync(Id, default)).Type);
        Assert.Equal(Now, (await StateAsync()).Backups?.LastSuccessfulAt);
    }

    [Fact]
    public async Task Every_hour_brings_one_backup_by_itself_after_a_crash_too()
    {
        // By then this database's turn has come, wherever in the ten minutes after the tick it lies.
        Silo.Clock.Advance(TimeSpan.FromMinutes(10));
        for (var hour = 2; hour <= 4; hour++)
        {
            Silo.Crash();
            await Silo.StartAsync();
            for (var minute = 0; minute < 60; minute += 5)
            {
                Silo.Clock.Advance(TimeSpan.FromMinutes(5));
                await ReconcileAsync(2);
            }

            Assert.Equal(hour, (await Backend.ListBackupsAsync(Id, default)).Count);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_jumps_brings_one_backup_and_one_drill_for_all_that_it_skipped(bool crash)
    {
        // So that this database's turn comes within each hour from here on.
        Silo.Clock.Advance(TimeSpan.FromMinutes(10));
        await JumpAsync(TimeSpan.FromDays(365), crash);
        Assert.Equal(2, (await Backend.ListBackupsAsync(Id, default)).Count);
        Assert.Single(Backend.DrillsRequested);

        // Set right again: nothing waits for the year to pass, and no tick of an hour that was is taken anew.
        await JumpAsync(TimeSpan.FromDays(-365), crash);
        Assert.Equal(2, (await Backend.ListBackupsAsync(Id, default)).Count);
        for (var hour = 3; hour <= 5; hour++)
        {
            await HourAsync();
            Assert.Equal(hour, (await Backend.ListBackupsAsync(Id, default)).Count);
        }
    }

    [Fact]
    public async Task A_clock_that_is_set_back_a_day_again_and_again_brings_no_backup_twice_and_stops_none()
    {
        Silo.Clock.Advance(TimeSpan.FromMinutes(10));
        await HourAsync();
        var taken = 2;
        for (var time = 0; time < 3; time++)
        {
            await JumpAsync(TimeSpan.FromDays(-1), crash: time == 1);
            Assert.Equal(taken, (await Backend.ListBackupsAsync(Id, default)).Count);
            await HourAsync();
            Assert.Equal(++taken, (await Backend.ListBackupsAsync(Id, default)).Count);
            Assert.Null((await StateAsync()).StatusReason);
        }
    }

    [Fact]
    public async Task An_archive_outlives_a_clock_that_was_ahead_for_a_moment()
    {
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(8);
        for (var time = 0; time < 3; time++)
        {
            await JumpAsync(TimeSpan.FromDays(365), crash: time == 1);
            Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);
            await JumpAsync(TimeSpan.FromDays(-365), crash: false);
            Silo.Clock.Advance(TimeSpan.FromHours(2));
            await ReconcileAsync(3);
            Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);
        }

        Assert.NotEmpty(await Backend.ListBackupsAsync(Id, default));
        Silo.Clock.Advance(TimeSpan.FromDays(31));
        await ReconcileAsync(3);
        Silo.Clock.Advance(TimeSpan.FromHours(2));
        await ReconcileAsync(5);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync()).Status);
    }

    [Fact]
    public async Task A_drill_that_was_lost_with_its_server_is_made_up_for_and_one_that_failed_is_tried_again()
    {
        Backend.HoldBackups = true;
        Silo.Clock.Advance(TimeSpan.FromDays(8));
        await ReconcileAsync(2);
        Backend.CompleteBackup(Id);
        await ReconcileAsync(2);
        var drill = Assert.Single(Backend.DrillsRequested).Drill;

        Silo.Crash();
        Backend.Restart();
        await Silo.StartAsync();
        await ReconcileAsync(2);
        Assert.Equal([drill, drill], Backend.DrillsRequested.Select(asked => asked.Drill));

        Backend.FailDrillsWith(Id, "drill-interrupted", "PostgreSQL went away.");
        Backend.CompleteDrill(Id);
        await ReconcileAsync(2);
        Assert.Equal("drill-failed", (await StateAsync()).StatusReason?.Code);
        Backend.HealBackups(Id);
        Backend.HoldBackups = false;
        Silo.Clock.Advance(TimeSpan.FromMinutes(61));
        await ReconcileAsync(6);
        Assert.Null((await StateAsync()).StatusReason);
        Assert.NotEqual(drill, (await StateAsync()).Backups?.LastProof?.Id);
        Assert.NotNull((await StateAsync()).Backups?.LastProof?.ProvenAt);
    }

    [Fact]
    public async Task A_drill_takes_nothing_of_its_tiers_quota()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { CpuCores = 1, MemoryGib = 1, StorageGib = 10, Databases = 1 });
        var used = (await Quota.GetAsync()).Used;
        Backend.HoldBackups = true;
        Silo.Clock.Advance(TimeSpan.FromDays(8));
        await ReconcileAsync(2);
        Backend.CompleteBackup(Id);
        await ReconcileAsync(2);
        Assert.NotNull((await Backend.ObserveAsync(Id, default)).Backups?.RunningDrill);
        Assert.Equal(used, (await Quota.GetAsync()).Used);

        Backend.CompleteDrill(Id);
        await ReconcileAsync(2);
        Assert.NotNull((await StateAsync()).Backups?.LastProof);
        Assert.Equal(used, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task Of_backups_that_were_asked_for_the_latest_are_remembered_however_they_ended()
    {
        for (var number = 0; number < 12; number++)
        {
            await Database.BackUpAsync(new BackupRequest($"bk-{number}", BackupType.Incremental));
            await ReconcileAsync(2);
        }

        var backups = (await StateAsync()).Backups!;
        Assert.Equal(Enumerable.Range(2, 10).Select(number => $"bk-{number}"), backups.Succeeded.Select(backup => backup.Id));

        Backend.HoldBackups = true;
        await Database.BackUpAsync(new BackupRequest("bk-late", BackupType.Full));
        await ReconcileAsync(1);
        await Database.DestroyAsync(hard: true);
        var failed = Assert.Single((await StateAsync()).Backups!.Failed);
        Assert.Equal(("bk-late", "superseded"), (failed.Id, failed.Error?.Code));
    }

    [Fact]
    public async Task A_failing_repository_is_told_and_heals_by_itself()
    {
        Backend.FailBackupsWith(Id, "repository-unavailable", "The repository does not answer.");
        Silo.Clock.Advance(TimeSpan.FromMinutes(75));
        await ReconcileAsync(3);
        var state = await StateAsync();
        Assert.Equal((DatabaseStatus.Ready, "backup-failed"), (state.Status, state.StatusReason?.Code));

        Backend.HealBackups(Id);
        Silo.Clock.Advance(TimeSpan.FromMinutes(5));
        await ReconcileAsync(3);
        Assert.Null((await StateAsync()).StatusReason);
    }

    [Fact]
    public async Task A_backup_that_is_asked_for_twice_is_taken_once()
    {
        await Database.BackUpAsync(new BackupRequest("bk-one", BackupType.Incremental));
        await ReconcileAsync(2);
        await Database.BackUpAsync(new BackupRequest("bk-one", BackupType.Incremental));
        await ReconcileAsync(2);

        Assert.Single(await Backend.ListBackupsAsync(Id, default), backup => backup.Id == "bk-one");
        Assert.Empty((await StateAsync()).Backups!.Queue);
    }

    [Fact]
    public async Task An_archive_removes_the_cluster_only_after_a_last_backup_and_its_proof()
    {
        Backend.HoldBackups = true;
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(4);
        Assert.True(Backend.Applied.Last().Closed);
        Assert.Equal(ClusterPhase.Ready, (await SeenAsync()).Phase);

        Backend.CompleteBackup(Id);
        await ReconcileAsync(3);
        Assert.Equal(ClusterPhase.Ready, (await SeenAsync()).Phase);
        Assert.NotNull((await SeenAsync()).Backups!.RunningDrill);

        Backend.CompleteDrill(Id);
        await ReconcileAsync(4);
        var state = await StateAsync();
        Assert.Equal(DatabaseStatus.Archived, state.Status);
        Assert.Equal(Now.AddDays(30), state.Archive?.PurgeAt);
        Assert.Equal(ClusterPhase.Absent, (await SeenAsync()).Phase);
        Assert.NotEmpty(await Backend.ListBackupsAsync(Id, default));
        Assert.Equal(ResourceAmounts.Zero, (await Quota.GetAsync()).Used);
        Assert.All(state.Operations[^1].Steps, step => Assert.Equal(OperationStatus.Succeeded, step.Status));
    }

    [Fact]
    public async Task An_archive_survives_a_crash_at_every_step()
    {
        await Database.DestroyAsync(hard: false);
        for (var step = 0; step < 12; step++)
        {
            Silo.Crash();
            Backend.Restart();
            await Silo.StartAsync();

            // A drill whose end nobody saw is run again, so it takes two steps in one life to get on.
            await ReconcileAsync(2);
        }

        Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);
        Assert.Equal(ResourceAmounts.Zero, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task A_last_backup_that_does_not_prove_itself_keeps_the_cluster()
    {
        Backend.FailDrillsWith(Id, "data-differs", "The table orders has 3 rows, and its source 4.");
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(6);

        var state = await StateAsync();
        Assert.Equal((DatabaseStatus.Error, "archive-not-proven"), (state.Status, state.StatusReason?.Code));
        Assert.Equal(ClusterPhase.Ready, (await SeenAsync()).Phase);

        Backend.HealBackups(Id);
        Silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync(8);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);
    }

    [Fact]
    public async Task A_last_backup_that_could_not_be_compared_is_no_proof()
    {
        Backend.BlindDrillsOf(Id);
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(6);

        var state = await StateAsync();
        Assert.Equal((DatabaseStatus.Error, "archive-not-proven"), (state.Status, state.StatusReason?.Code));
        Assert.Equal(ClusterPhase.Ready, (await SeenAsync()).Phase);

        Backend.HealBackups(Id);
        Silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync(8);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);
    }

    [Fact]
    public async Task A_database_in_error_tells_up_to_when_it_is_archived()
    {
        await HourAsync();
        await HourAsync();
        var kept = await Backend.ListBackupsAsync(Id, default);
        Backend.FailWith(Id, "data-corrupt", "It does not start.");
        Backend.Crash(Id);
        await ReconcileAsync(4);

        var state = await StateAsync();
        Assert.Equal(DatabaseStatus.Error, state.Status);
        Assert.Equal(kept[0].FinishedAt, RestoreWindow.Latest(state, state.Observed!, Now));
        Assert.True(kept[0].FinishedAt > state.Observed!.Backups!.EarliestRestoreAt);
    }

    [Fact]
    public async Task An_archive_whose_proof_cannot_be_saved_keeps_its_cluster()
    {
        Backend.HoldBackups = true;
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(3);
        Backend.CompleteBackup(Id);
        await ReconcileAsync(3);
        Silo.Storage.Before = (operation, grain) => operation == StorageOperation.Write && grain.Key.ToString() == Id.Value
            ? throw new StoreUnavailableException("The store is away.", null)
            : Task.CompletedTask;
        Backend.CompleteDrill(Id);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ReconcileAsync(1));
        Assert.Equal(ClusterPhase.Ready, (await SeenAsync()).Phase);

        Silo.Storage.Before = null;
        await ReconcileAsync(4);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);
    }

    [Fact]
    public async Task An_archive_whose_backups_cannot_be_removed_stays_archived_and_says_why()
    {
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(9);
        Backend.FailPurgesWith(Id, "repository-unavailable", "The repository does not answer.");
        await Database.DestroyAsync(hard: true);
        await ReconcileAsync(3);
        Assert.Equal((DatabaseStatus.Archived, "repository-unavailable"), ((await StateAsync()).Status, (await StateAsync()).StatusReason?.Code));

        Backend.HealBackups(Id);
        Silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync(4);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync()).Status);
    }

    [Fact]
    public async Task A_quota_place_is_given_back_with_the_cluster_while_its_backups_cannot_be_removed()
    {
        Backend.FailPurgesWith(Id, "repository-unavailable", "The repository does not answer.");
        await Database.DestroyAsync(hard: true);
        await ReconcileAsync(3);
        Assert.Equal((DatabaseStatus.Error, "repository-unavailable"), ((await StateAsync()).Status, (await StateAsync()).StatusReason?.Code));
        Silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync(3);
        Assert.Equal(ResourceAmounts.Zero, (await Quota.GetAsync()).Used);
        Assert.Equal((DatabaseStatus.Error, "repository-unavailable"), ((await StateAsync()).Status, (await StateAsync()).StatusReason?.Code));

        Backend.HealBackups(Id);
        Silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync(4);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync()).Status);
    }

    [Fact]
    public async Task An_archive_is_purged_when_its_retention_ends()
    {
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(8);
        Silo.Clock.Advance(TimeSpan.FromDays(29));
        await ReconcileAsync(3);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);

        // A clock that is ahead for a moment does not decide it.
        Silo.Clock.Advance(TimeSpan.FromDays(1));
        await ReconcileAsync(5);
        Assert.Equal(DatabaseStatus.Archived, (await StateAsync()).Status);

        Silo.Clock.Advance(TimeSpan.FromHours(1));
        await ReconcileAsync(5);

        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync()).Status);
        Assert.Empty(await Backend.ListBackupsAsync(Id, default));
    }

    [Theory]
    [InlineData(DatabaseStatus.Ready)]
    [InlineData(DatabaseStatus.Archived)]
    public async Task A_database_is_restored_into_a_new_one_of_its_tier(DatabaseStatus source)
    {
        var target = Now.AddMinutes(3);
        Silo.Clock.Advance(TimeSpan.FromMinutes(5));
        if (source == DatabaseStatus.Archived)
        {
            await Database.DestroyAsync(hard: false);
            await ReconcileAsync(8);
        }

        Assert.Equal(source, (await StateAsync()).Status);
        var accepted = await RestoreAsync(target);
        Assert.Equal(OperationKind.Restore, accepted.Operations[^1].Kind);
        await ReconcileAsync(3, Restored);

        var restored = (await Silo.Grain<IDatabaseGrain>(Restored.Value).GetAsync())!;
        Assert.Equal(DatabaseStatus.Ready, restored.Status);
        Assert.Equal(new RecoverySource(Id, target), restored.RestoredFrom);
        Assert.Equal(source == DatabaseStatus.Archived ? 1 : 2, (await Quota.GetAsync()).Used.Databases);
    }

    [Fact]
    public async Task A_moment_that_cannot_be_restored_is_refused_with_the_range()
    {
        var made = Now;
        Silo.Clock.Advance(TimeSpan.FromMinutes(5));

        foreach (var target in new[] { made.AddSeconds(-1), Now.AddSeconds(1) })
        {
            var refusal = await Assert.ThrowsAsync<ProblemException>(() => RestoreAsync(target));
            Assert.Equal(ProblemCode.RestoreTargetOutOfRange, refusal.Code);
            Assert.Equal((made, Now), (refusal.Earliest, refusal.Latest));
        }

        Assert.Equal(1, (await Quota.GetAsync()).Used.Databases);
    }

    [Fact]
    public async Task A_restore_that_cannot_succeed_is_undone_and_says_why()
    {
        Backend.Manual = true;
        await RestoreAsync(Now);
        await ReconcileAsync(1, Restored);
        Backend.Manual = false;
        Backend.FailWith(Restored, "restore-source-gone", "The backup is gone.");
        Backend.Complete(Restored);
        await ReconcileAsync(2, Restored);
        Backend.Heal(Restored);
        Silo.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync(4, Restored);

        var state = (await Silo.Grain<IDatabaseGrain>(Restored.Value).GetAsync())!;
        Assert.Equal((DatabaseStatus.Deleted, "restore-source-gone"), (state.Status, state.StatusReason?.Code));
        Assert.Equal(OperationStatus.Failed, state.Operations[^1].Status);
        Assert.Equal(1, (await Quota.GetAsync()).Used.Databases);
        Assert.Equal(ClusterPhase.Absent, (await Backend.ObserveAsync(Restored, default)).Phase);
    }

    [Fact]
    public async Task A_source_whose_repository_nobody_can_read_is_restored_within_what_is_known_of_it()
    {
        var made = Now;
        Silo.Clock.Advance(TimeSpan.FromMinutes(5));
        Backend.LoseSightOf(Id, "repository-unavailable", "Is its disk mounted?");
        await ReconcileAsync(2);

        Assert.Equal(made, (await StateAsync()).Observed!.Backups!.EarliestRestoreAt);
        Assert.Equal(made, (await StateAsync()).Observed!.Backups!.LastSuccessfulAt);
        var unknown = await Assert.ThrowsAsync<BackendUnavailableException>(() => RestoreAsync(made.AddMinutes(-1)));
        Assert.Contains("Is its disk mounted?", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await Quota.GetAsync()).Used.Databases);
        Assert.Equal(DatabaseStatus.Provisioning, (await RestoreAsync(made.AddMinutes(1))).Status);
    }

    [Fact]
    public async Task A_source_whose_backups_nobody_ever_saw_is_not_taken_for_one_without_any()
    {
        var unseen = DatabaseId.New(Samples.Start.AddSeconds(2));
        Backend.LoseSightOf(unseen, "repository-unavailable", "Is its disk mounted?");
        await Silo.Grain<IDatabaseGrain>(unseen.Value).CreateAsync(Request with { Name = "unseen" });
        await ReconcileAsync(3, unseen);

        var restored = Silo.Grain<IDatabaseGrain>(Restored.Value);
        await Assert.ThrowsAsync<BackendUnavailableException>(
            () => restored.CreateAsync(Request with { Name = "orders-restored", Recovery = new RecoverySource(unseen, Now) }));
        Assert.Null(await restored.GetAsync());
        Backend.HealBackups(unseen);
        await ReconcileAsync(1, unseen);
        Assert.Equal(Restored, (await restored.CreateAsync(Request with { Name = "orders-restored", Recovery = new RecoverySource(unseen, Now) })).Id);
    }

    [Fact]
    public async Task An_archive_that_nobody_can_look_into_keeps_what_was_known_of_it()
    {
        var made = Now;
        await Database.DestroyAsync(hard: false);
        while ((await StateAsync()).Archive?.ProvenAt is null) await ReconcileAsync(1);
        Backend.LoseSightOf(Id, "repository-unavailable", "Is its disk mounted?");
        await ReconcileAsync(4);

        Assert.Equal((DatabaseStatus.Archived, made), ((await StateAsync()).Status, (await StateAsync()).Observed!.Backups!.EarliestRestoreAt));
        Assert.Equal(DatabaseStatus.Provisioning, (await RestoreAsync(made)).Status);
    }

    [Fact]
    public async Task An_archive_of_which_nothing_was_known_tells_of_its_backups_once_they_are_seen()
    {
        var state = await StateAsync();
        var seen = await SeenAsync();
        var blind = seen with { Phase = ClusterPhase.Absent, Backups = new BackupObservation { Unknown = Samples.Trouble() } };
        var archived = state with
        {
            Wanted = WantedCluster.Archived,
            Status = DatabaseStatus.Archived,
            Archive = new ArchiveState { ProvenAt = Now, PurgeAt = Now.AddDays(1) },
            Observed = blind,
        };

        Assert.Equal(archived, DatabasePlan.Next(archived, blind, 0, Now, new DatabaseOptions()).Next);
        var told = DatabasePlan.Next(archived, seen with { Phase = ClusterPhase.Absent }, 0, Now, new DatabaseOptions()).Next;
        Assert.Equal(seen.Backups!.EarliestRestoreAt, told.Observed!.Backups!.EarliestRestoreAt);
        Assert.NotEqual(archived.UpdatedAt, told.UpdatedAt);
    }

    private async Task JumpAsync(TimeSpan by, bool crash)
    {
        Silo.Clock.SetUtcNow(Now + by);
        if (crash)
        {
            Silo.Crash();
            await Silo.StartAsync();
        }

        await ReconcileAsync(6);
    }

    private async Task HourAsync()
    {
        for (var minute = 0; minute < 60; minute += 5)
        {
            Silo.Clock.Advance(TimeSpan.FromMinutes(5));
            await ReconcileAsync(2);
        }
    }

    private Task<DatabaseState> RestoreAsync(DateTimeOffset target) =>
        Silo.Grain<IDatabaseGrain>(Restored.Value).CreateAsync(Request with { Name = "orders-restored", Recovery = new RecoverySource(Id, target) });

    private Task<DatabaseState> StateAsync() => _databases.StateAsync();

    private Task<ClusterObservation> SeenAsync() => Backend.ObserveAsync(Id, default);

    private async Task ReconcileAsync(int times, DatabaseId? id = null)
    {
        for (var i = 0; i < times; i++) await Silo.Grain<IDatabaseGrain>((id ?? Id).Value).ReconcileAsync();
    }
}
