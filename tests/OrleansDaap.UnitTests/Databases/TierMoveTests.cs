using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

public sealed class TierMoveTests : IAsyncLifetime
{
    private static readonly ResourceAmounts Dev = new(1, 1, 10, 1);
    private static readonly ResourceAmounts Large = new(4, 8, 50, 1);
    private static readonly ResourceAmounts None = ResourceAmounts.Zero;
    private DatabaseSilo _silo = null!;

    public async Task InitializeAsync()
    {
        _silo = await DatabaseSilo.StartAsync();
        await _silo.AddTierAsync("large", spec => spec with
        {
            CpuCores = 4,
            MemoryGib = 8,
            Storage = new TierStorage(50, null),
            Pooling = new PoolingPolicy(PoolingMode.Transaction, 100),
            Backup = new BackupPolicy { Schedule = "0 * * * *", RetentionDays = 7 },
            DestructionStrategy = DestructionStrategy.Hard,
        });
        await _silo.AddTierAsync("same");
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task A_database_gets_all_that_its_new_tier_says()
    {
        await _silo.CreateReadyAsync();
        var accepted = await _silo.Database.MoveAsync("large");
        Assert.Equal(("large", 1, DatabaseStatus.Ready), (accepted.Tier.Id, accepted.Tier.Revision, accepted.Status));
        Assert.Equal(DestructionStrategy.Hard, accepted.Tier.Spec.DestructionStrategy);

        var moved = await _silo.ReconcileAsync();

        var applied = _silo.Backend.Applied.Last();
        Assert.Equal(("large", 4, 8, 50, 7), (applied.Tier, applied.CpuCores, applied.MemoryGib, applied.StorageGib, applied.Backups?.RetentionDays));
        Assert.Equal(new PoolerSpec(PoolMode.Transaction, 100), applied.Pooler);
        Assert.True(applied.HasData);
        Assert.NotNull(moved.Observed?.Endpoint?.PooledPort);
        Assert.Equal((DatabaseStatus.Ready, true), (moved.Status, moved.Settled));
    }

    [Fact]
    public async Task The_first_backup_of_a_tier_that_promises_some_begins_at_once()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.HoldBackups = true;

        await _silo.Database.MoveAsync("large");
        await _silo.ReconcileAsync(2);

        Assert.NotNull((await _silo.Backend.WaitForAsync(DatabaseSilo.Id, seen => seen.Backups?.Running is not null)).Backups?.Running);
    }

    [Fact]
    public async Task Backups_that_begin_again_begin_at_once_and_with_a_full_one()
    {
        await _silo.AddTierAsync("bare", spec => spec with { CpuCores = 4, MemoryGib = 8, Storage = new TierStorage(50, null) });
        await _silo.CreateReadyAsync();
        foreach (var tier in new[] { "large", "bare", "large" })
        {
            await _silo.Database.MoveAsync(tier);
            await _silo.ReconcileAsync(6);
        }

        Assert.Equal(
            [BackupType.Full, BackupType.Full],
            _silo.Backend.BackupsRequested.DistinctBy(asked => asked.Request.Id).Select(asked => asked.Request.Type));
    }

    [Fact]
    public async Task The_old_place_is_held_until_the_cluster_has_followed()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;

        await _silo.Database.MoveAsync("large");
        await _silo.ReconcileAsync();
        Assert.Equal((Dev, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));

        _silo.Backend.Complete(DatabaseSilo.Id);
        await _silo.ReconcileAsync();
        Assert.Equal((None, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));
    }

    [Fact]
    public async Task Each_step_of_a_move_has_its_own_times()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        var asked = Tick();
        await _silo.Database.MoveAsync("large");
        await _silo.Database.ReconcileAsync();
        Assert.Equal([OperationStatus.Succeeded, OperationStatus.Running, OperationStatus.Pending], await StepsAsync());

        var reached = Tick();
        _silo.Backend.Complete(DatabaseSilo.Id);
        await _silo.Database.ReconcileAsync();
        var trimmed = Tick();
        await _silo.Database.RemindAsync();
        var move = (await _silo.ReconcileAsync()).Operations[^1];

        Assert.Equal((OperationKind.MoveTier, OperationStatus.Succeeded, null), (move.Kind, move.Status, move.Error));
        Assert.Equal(["reserve-quota", "apply-cluster", "release-quota"], move.Steps.Select(step => step.Name));
        Assert.Equal([(asked, asked), (asked, reached)], move.Steps.Take(2).Select(step => (step.StartedAt!.Value, step.FinishedAt!.Value)));
        Assert.Equal(reached, move.Steps[2].StartedAt);
        Assert.InRange(move.Steps[2].FinishedAt!.Value, reached, trimmed);
    }

    [Fact]
    public async Task A_tier_is_in_use_by_what_moves_to_it_or_away_from_it()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.MoveAsync("large");
        await _silo.ReconcileAsync();
        foreach (var tier in new[] { "dev", "large" })
        {
            var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Tier(tier).DeleteAsync());
            Assert.Equal(ProblemCode.TierInUse, refusal.Code);
        }

        _silo.Backend.Complete(DatabaseSilo.Id);
        await _silo.ReconcileAsync();
        await _silo.Tier("dev").DeleteAsync();
        await Assert.ThrowsAsync<ProblemException>(() => _silo.Tier("large").DeleteAsync());
    }

    [Fact]
    public async Task A_new_revision_of_its_tier_takes_the_difference_at_once_and_gives_back_what_shrinks_at_the_end()
    {
        await _silo.CreateReadyAsync();
        await _silo.ReviseTierAsync("dev", spec => spec with { CpuCores = 3, MemoryGib = 0.5m });
        _silo.Backend.Manual = true;

        await _silo.Database.MoveAsync("dev");
        Assert.Equal(new ResourceAmounts(3, 1, 10, 1), await _silo.UsedAsync("dev"));
        await _silo.ReconcileAsync();
        Assert.Equal(new ResourceAmounts(3, 1, 10, 1), await _silo.UsedAsync("dev"));

        _silo.Backend.Complete(DatabaseSilo.Id);
        var moved = await _silo.ReconcileAsync();
        Assert.Equal(new ResourceAmounts(3, 0.5m, 10, 1), await _silo.UsedAsync("dev"));
        Assert.Equal(2, moved.Tier.Revision);
        Assert.Equal([1, 2], _silo.Backend.Applied.Select(spec => spec.TierRevision).Distinct());
    }

    [Fact]
    public async Task A_move_over_quota_is_refused_with_every_violation_and_changes_nothing()
    {
        var before = await _silo.CreateReadyAsync();
        await _silo.Quota("large").SetLimitsAsync(new QuotaLimits { CpuCores = 3, MemoryGib = 7, Databases = 1 });
        await _silo.ReviseTierAsync("dev", spec => spec with { CpuCores = 3 });
        await _silo.Quota("dev").SetLimitsAsync(new QuotaLimits { CpuCores = 2, Databases = 1 });

        var other = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.MoveAsync("large"));
        var same = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.MoveAsync("dev"));

        Assert.Equal((ProblemCode.QuotaExceeded, "large"), (other.Code, other.Tier));
        Assert.Equal([new QuotaViolation("cpu_cores", 4, 0, 3), new QuotaViolation("memory_gib", 8, 0, 7)], other.Violations);
        Assert.Equal([new QuotaViolation("cpu_cores", 2, 1, 2)], same.Violations);
        Assert.Equal(before.ETag, (await _silo.StateAsync()).ETag);
        Assert.Equal((Dev, None), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));
    }

    [Fact]
    public async Task A_database_that_is_there_already_is_answered_as_it_is()
    {
        var before = await _silo.CreateReadyAsync();

        var answer = await _silo.Database.MoveAsync("dev");

        Assert.Equal((before.ETag, before.OperationCount), (answer.ETag, answer.OperationCount));
        Assert.Equal(Dev, await _silo.UsedAsync("dev"));
    }

    [Fact]
    public async Task Asking_for_the_same_move_twice_makes_one()
    {
        await _silo.CreateReadyAsync();

        var answers = await Task.WhenAll(_silo.Database.MoveAsync("large"), _silo.Database.MoveAsync("large"));
        await _silo.ReconcileAsync();

        Assert.Equal(answers[0].Operations[^1].Id, answers[1].Operations[^1].Id);
        Assert.Equal((None, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));
    }

    [Fact]
    public async Task What_its_data_cannot_follow_is_told_all_at_once()
    {
        await _silo.CreateReadyAsync();
        await _silo.AddTierAsync("strange", spec => spec with { PostgresVersion = 16, Storage = new TierStorage(5, "fast") });

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.MoveAsync("strange"));

        Assert.Equal(ProblemCode.ValidationFailed, refusal.Code);
        Assert.Equal(["tier"], refusal.Errors!.Keys);
        Assert.Collection(
            refusal.Errors["tier"],
            one => Assert.Contains("major version", one, StringComparison.Ordinal),
            one => Assert.Contains("does not shrink", one, StringComparison.Ordinal),
            one => Assert.Contains("storage class", one, StringComparison.Ordinal));
        Assert.Equal(None, await _silo.UsedAsync("strange"));
    }

    [Fact]
    public async Task An_unknown_tier_is_a_mistake_in_that_field()
    {
        await _silo.CreateReadyAsync();

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.MoveAsync("gold"));

        Assert.Equal((ProblemCode.ValidationFailed, "tier"), (refusal.Code, refusal.Errors!.Keys.Single()));
    }

    [Fact]
    public async Task What_is_being_made_unfrozen_frozen_or_removed_is_not_moved()
    {
        await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.MoveAsync("large"));
        _silo.Backend.Manual = true;
        await _silo.Database.CreateAsync(DatabaseSilo.Request);
        await RefusedAsync("provisioning");
        await _silo.GoOnAsync();

        _silo.Backend.Manual = true;
        await _silo.Database.DestroyAsync(hard: false);
        await RefusedAsync("ready");
        await _silo.GoOnAsync();
        await RefusedAsync("frozen");
        _silo.Backend.Manual = true;
        await _silo.Database.UnfreezeAsync();
        await RefusedAsync("provisioning");
        await _silo.GoOnAsync();

        _silo.Backend.Manual = true;
        await _silo.Database.DestroyAsync(hard: true);
        await RefusedAsync("ready");
        await _silo.GoOnAsync();
        await RefusedAsync("deleted");
        Assert.Equal((None, None), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));
    }

    [Fact]
    public async Task A_move_that_fails_is_an_error_that_is_tried_again_and_holds_both_places_meanwhile()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.FailWith(DatabaseSilo.Id, "disk-full", "The disk is full; make room.");
        await _silo.Database.MoveAsync("large");
        var failed = await _silo.ReconcileAsync();
        Assert.Equal((DatabaseStatus.Error, "disk-full"), (failed.Status, failed.StatusReason?.Code));
        Assert.Equal(("disk-full", OperationStatus.Running), (failed.Operations[^1].Error?.Code, failed.Operations[^1].Status));
        Assert.Equal((Dev, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));

        _silo.Backend.Heal(DatabaseSilo.Id);
        _silo.Silo.Clock.Advance(new DatabaseOptions().RetryAtLeastEvery);
        var healed = await _silo.ReconcileAsync();
        Assert.Equal((DatabaseStatus.Ready, null, OperationStatus.Succeeded), (healed.Status, healed.StatusReason, healed.Operations[^1].Status));
        Assert.Equal((None, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));
    }

    [Fact]
    public async Task A_move_that_fails_is_undone_by_moving_back()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.FailWith(DatabaseSilo.Id, "disk-full", "The disk is full; make room.");
        await _silo.Database.MoveAsync("same");
        Assert.Equal(DatabaseStatus.Error, (await _silo.ReconcileAsync()).Status);
        _silo.Backend.Heal(DatabaseSilo.Id);

        await _silo.Database.MoveAsync("dev");
        Assert.Equal((Dev, Dev), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same")));
        var back = await _silo.ReconcileAsync();

        Assert.Equal(("dev", DatabaseStatus.Ready, null), (back.Tier.Id, back.Status, back.StatusReason));
        Assert.Equal(["superseded", null], back.Operations.TakeLast(2).Select(operation => operation.Error?.Code));
        Assert.Equal((Dev, None), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same")));
    }

    [Fact]
    public async Task A_creation_that_fails_is_healed_by_another_tier()
    {
        _silo.Backend.FailWith(DatabaseSilo.Id, "memory-short", "There is no memory left for it.");
        await _silo.Database.CreateAsync(DatabaseSilo.Request);
        Assert.Equal(DatabaseStatus.Error, (await _silo.ReconcileAsync()).Status);

        // Before the move, which wakes the grain: one that met the failure once more would wait before it tried again.
        _silo.Backend.Heal(DatabaseSilo.Id);
        await _silo.Database.MoveAsync("same");
        var healed = await _silo.ReconcileAsync();

        Assert.Equal((DatabaseStatus.Ready, "same"), (healed.Status, healed.Tier.Id));
        Assert.NotNull(healed.ReadyAt);
        Assert.Equal((None, Dev), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same")));
    }

    [Fact]
    public async Task A_later_move_takes_the_place_of_one_under_way_and_leaves_no_reservation()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.MoveAsync("same");
        await _silo.ReconcileAsync();
        await _silo.Database.MoveAsync("large");
        Assert.Equal((Dev, Dev, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same"), await _silo.UsedAsync("large")));

        var moved = await _silo.GoOnAsync();

        Assert.Equal((None, None, Large), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same"), await _silo.UsedAsync("large")));
        Assert.Equal([OperationStatus.Failed, OperationStatus.Succeeded], moved.Operations.TakeLast(2).Select(operation => operation.Status));
    }

    [Fact]
    public async Task Deleting_during_a_move_gives_everything_back()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.MoveAsync("large");
        await _silo.ReconcileAsync();

        await _silo.Database.DestroyAsync(hard: false);
        var gone = await _silo.GoOnAsync();

        Assert.Equal(DatabaseStatus.Deleted, gone.Status);
        Assert.Equal((None, None), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("large")));
    }

    [Fact]
    public async Task Freezing_during_a_move_keeps_the_new_place_alone_and_unfreezing_needs_no_other()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.MoveAsync("same");
        await _silo.ReconcileAsync();
        await _silo.Database.DestroyAsync(hard: false);

        Assert.Equal(DatabaseStatus.Frozen, (await _silo.GoOnAsync()).Status);
        Assert.Equal((None, Dev), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same")));
        await _silo.Quota("same").SetLimitsAsync(new QuotaLimits { Databases = 0, CpuCores = 0 });
        await _silo.Database.UnfreezeAsync();

        Assert.Equal(DatabaseStatus.Ready, (await _silo.ReconcileAsync()).Status);
        Assert.Equal((None, Dev), (await _silo.UsedAsync("dev"), await _silo.UsedAsync("same")));
    }

    private async Task RefusedAsync(string status)
    {
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.MoveAsync("large"));
        Assert.Equal((ProblemCode.InvalidState, status), (refusal.Code, refusal.CurrentStatus));
    }

    private DateTimeOffset Tick()
    {
        _silo.Silo.Clock.Advance(TimeSpan.FromSeconds(1));
        return _silo.Silo.Clock.GetUtcNow();
    }

    private async Task<IEnumerable<OperationStatus>> StepsAsync() => (await _silo.StateAsync()).Operations[^1].Steps.Select(step => step.Status);
}
