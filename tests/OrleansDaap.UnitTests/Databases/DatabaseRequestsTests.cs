using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;
using Xunit;
using static OrleansDaap.UnitTests.Databases.Samples;

namespace OrleansDaap.UnitTests.Databases;

public sealed class DatabaseRequestsTests
{
    [Fact]
    public void A_protected_database_is_not_deleted_even_by_force()
    {
        var refusal = Assert.Throws<ProblemException>(() => DatabaseRequests.Destroy(Accepted(isProtected: true), hard: true, Start));

        Assert.Equal(ProblemCode.DeletionProtected, refusal.Code);
    }

    [Fact]
    public void Deleting_again_changes_nothing()
    {
        var frozen = Frozen();
        var going = DatabaseRequests.Destroy(Ready(DestructionStrategy.Hard), hard: false, Start);

        Assert.Same(frozen, DatabaseRequests.Destroy(frozen, hard: false, Start));
        Assert.Same(going, DatabaseRequests.Destroy(going, hard: false, Start));
    }

    [Fact]
    public void A_frozen_database_can_be_deleted_hard()
    {
        Assert.Equal(WantedCluster.Gone, DatabaseRequests.Destroy(Frozen(), hard: true, Start).Wanted);
    }

    [Fact]
    public void Deleting_archives_where_the_tier_says_so_and_shows_no_endpoint_from_then_on()
    {
        var archiving = DatabaseRequests.Destroy(Ready(DestructionStrategy.Archive), hard: false, Start);

        Assert.Equal(WantedCluster.Archived, archiving.Wanted);
        Assert.Null(archiving.Observed?.Endpoint);
        Assert.Same(archiving, DatabaseRequests.Destroy(archiving, hard: false, Start));
        Assert.Equal(WantedCluster.Gone, DatabaseRequests.Destroy(archiving, hard: true, Start).Wanted);
    }

    [Fact]
    public void A_database_that_never_served_has_nothing_to_archive() =>
        Assert.Equal(WantedCluster.Gone, DatabaseRequests.Destroy(Accepted(DestructionStrategy.Archive), hard: false, Start).Wanted);

    [Theory]
    [InlineData(DestructionStrategy.Freeze)]
    [InlineData(DestructionStrategy.Archive)]
    [InlineData(DestructionStrategy.Hard)]
    public void A_restore_that_has_not_ended_is_undone_whatever_deleting_does_in_its_tier(DestructionStrategy strategy)
    {
        var restoring = Accepted(strategy) with { RestoredFrom = new RecoverySource(DatabaseId.New(Start.AddDays(-1)), Start) };
        var deleted = DatabaseRequests.Destroy(restoring, hard: false, Start);

        Assert.Equal((WantedCluster.Gone, OperationKind.HardDelete), (deleted.Wanted, deleted.Operations[^1].Kind));
        Assert.Same(deleted, DatabaseRequests.Destroy(deleted, hard: false, Start));
    }

    [Fact]
    public void A_restore_that_has_ended_is_frozen_like_any_other() => Assert.Equal(
        WantedCluster.Frozen,
        DatabaseRequests.Destroy(Ready() with { RestoredFrom = new RecoverySource(DatabaseId.New(Start.AddDays(-1)), Start) }, hard: false, Start).Wanted);

    [Fact]
    public void Freezing_ends_the_backups_that_were_asked_for_by_hand_and_keeps_the_one_that_is_due()
    {
        var due = BackupPlan.Asked(new BackupState(), Ready().Id, BackupType.Full, BackupCause.Scheduled, Start) with { RetryAt = Start.AddMinutes(1) };
        var queued = BackupPlan.Asked(due, new BackupRequest("bk-asked", BackupType.Full), BackupCause.OnDemand, Start);
        var freezing = DatabaseRequests.Destroy(Ready() with { Backups = queued }, hard: false, Start.AddSeconds(1)).Backups!;

        Assert.Equal(due.Queue, freezing.Queue);
        Assert.Equal(due.RetryAt, freezing.RetryAt);
        var ended = Assert.Single(freezing.Failed);
        Assert.Equal(("bk-asked", "superseded", Start.AddSeconds(1)), (ended.Id, ended.Error?.Code, ended.FinishedAt));
        Assert.Contains("frozen", ended.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unfreezing_makes_a_frozen_database_provisioning_again()
    {
        var next = DatabaseRequests.Unfreeze(Frozen(), Start);

        Assert.Equal((DatabaseStatus.Provisioning, WantedCluster.Running), (next.Status, next.Wanted));
        Assert.Equal(OperationKind.Unfreeze, next.Operations[^1].Kind);
    }

    [Fact]
    public void Unfreezing_what_is_not_frozen_is_refused_with_its_status()
    {
        var refusal = Assert.Throws<ProblemException>(() => DatabaseRequests.Unfreeze(Ready(), Start));

        Assert.Equal((ProblemCode.InvalidState, "ready"), (refusal.Code, refusal.CurrentStatus));
    }

    [Fact]
    public void A_database_on_its_way_out_cannot_be_changed()
    {
        var going = DatabaseRequests.Destroy(Ready(), hard: true, Start);

        var refusal = Assert.Throws<ProblemException>(() => DatabaseRequests.Change(going, new DatabaseChange(null, "x", null), Start));
        Assert.Equal(ProblemCode.InvalidState, refusal.Code);
    }

    [Fact]
    public void A_change_that_changes_nothing_is_not_written()
    {
        var ready = Ready();

        Assert.Same(ready, DatabaseRequests.Change(ready, new DatabaseChange("checkout", null, false), Start.AddSeconds(1)));
    }

    [Fact]
    public void The_oldest_operations_are_forgotten()
    {
        var state = Ready();
        for (var round = 0; round < 15; round++)
        {
            state = DatabaseRequests.Destroy(state, hard: false, Start);
            state = DatabaseRequests.Unfreeze(state with { Status = DatabaseStatus.Frozen }, Start);
        }

        Assert.Equal(20, state.Operations.Count);
        Assert.Equal(31, state.OperationCount);
        Assert.Equal(OperationId.Of(state.Id, 31), state.Operations[^1].Id);
    }
}
