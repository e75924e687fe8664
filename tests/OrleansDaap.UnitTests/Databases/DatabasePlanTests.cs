using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;
using Xunit;
using static OrleansDaap.UnitTests.Databases.Samples;

namespace OrleansDaap.UnitTests.Databases;

public sealed class DatabasePlanTests
{
    private static readonly DatabaseOptions Options = new();

    [Fact]
    public void An_accepted_database_without_a_cluster_is_applied()
    {
        var (step, next) = Plan(Accepted(), ClusterObservation.Absent);

        var apply = Assert.IsType<DatabaseStep.Apply>(step);
        Assert.Equal(1, apply.Spec.Generation);
        Assert.Equal(DatabaseStatus.Provisioning, next.Status);
    }

    [Fact]
    public void A_ready_cluster_makes_its_database_ready_and_ends_its_operation()
    {
        var (step, next) = Plan(Accepted(), Serving(1), at: 5);

        Assert.IsType<DatabaseStep.Rest>(step);
        Assert.Equal(DatabaseStatus.Ready, next.Status);
        Assert.Equal(Start.AddSeconds(5), next.ReadyAt);
        Assert.True(next.Settled);
        var operation = Assert.Single(next.Operations);
        Assert.Equal(OperationStatus.Succeeded, operation.Status);
        Assert.All(operation.Steps, one => Assert.Equal(OperationStatus.Succeeded, one.Status));
    }

    [Fact]
    public void A_ready_database_that_is_seen_unchanged_is_not_written_again()
    {
        var ready = Ready();

        Assert.Same(ready, Plan(ready, Serving(1)).Next);
    }

    [Fact]
    public void A_ready_cluster_of_an_older_generation_is_applied_anew()
    {
        var moved = DatabaseRequests.Change(Ready(), new DatabaseChange("billing", null, null), Start);

        var apply = Assert.IsType<DatabaseStep.Apply>(Plan(moved, Serving(1)).Step);
        Assert.Equal("billing", apply.Spec.OwnerTeam);
        Assert.Equal(2, apply.Spec.Generation);
    }

    [Fact]
    public void A_failure_is_told_with_its_reason_and_tried_again_after_a_wait_that_doubles()
    {
        var state = Accepted();
        var waits = new List<TimeSpan>();
        var now = Start;
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var (wait, failed) = DatabasePlan.Next(state, Seen(ClusterPhase.Failed, 1, Trouble()), 1, now, Options);
            waits.Add(Assert.IsType<DatabaseStep.Wait>(wait).Time);
            Assert.Equal(DatabaseStatus.Error, failed.Status);
            Assert.Equal("disk-full", failed.StatusReason?.Code);
            Assert.Equal("disk-full", failed.Operations[^1].Error?.Code);
            now += waits[^1];
            var (again, retried) = DatabasePlan.Next(failed, Seen(ClusterPhase.Failed, 1, Trouble()), 1, now, Options);
            Assert.IsType<DatabaseStep.Apply>(again);
            state = retried;
        }

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void A_failure_is_not_tried_again_before_its_time()
    {
        var failed = Plan(Accepted(), Seen(ClusterPhase.Failed, 1, Trouble())).Next;

        var (step, next) = Plan(failed, Seen(ClusterPhase.Failed, 1, Trouble()), at: 0.25);

        Assert.Equal(TimeSpan.FromSeconds(0.75), Assert.IsType<DatabaseStep.Wait>(step).Time);
        Assert.Same(failed, next);
    }

    [Fact]
    public void A_failed_database_heals_when_its_cluster_is_ready_after_all()
    {
        var failed = Plan(Accepted(), Seen(ClusterPhase.Failed, 1, Trouble())).Next;

        var healed = Plan(failed, Serving(1)).Next;

        Assert.Equal(DatabaseStatus.Ready, healed.Status);
        Assert.Null(healed.StatusReason);
        Assert.Equal(0, healed.Failures);
    }

    [Fact]
    public void A_cluster_that_fell_over_is_started_again_and_the_database_says_so()
    {
        var (step, next) = Plan(Ready(), Seen(ClusterPhase.Stopped, 1));

        Assert.IsType<DatabaseStep.Apply>(step);
        Assert.Equal(DatabaseStatus.Ready, next.Status);
        Assert.Equal("not-running", next.StatusReason?.Code);
        Assert.False(next.Settled);
    }

    [Fact]
    public void A_database_whose_cluster_has_vanished_is_not_given_an_empty_one_and_heals_when_it_is_back()
    {
        var (step, lost) = Plan(Ready(), ClusterObservation.Absent);

        Assert.IsType<DatabaseStep.Wait>(step);
        Assert.Equal((DatabaseStatus.Error, "cluster-gone"), (lost.Status, lost.StatusReason?.Code));
        Assert.Same(lost, Plan(lost, ClusterObservation.Absent, at: 30).Next);
        Assert.Equal(DatabaseStatus.Ready, Plan(lost, Serving(1)).Next.Status);
    }

    [Fact]
    public void A_degraded_cluster_is_ready_with_a_reason()
    {
        var next = Plan(Accepted(), Serving(1) with { Reason = Trouble("standbys-missing") }).Next;

        Assert.Equal(DatabaseStatus.Ready, next.Status);
        Assert.Equal("standbys-missing", next.StatusReason?.Code);
    }

    [Fact]
    public void A_backend_at_work_for_longer_than_the_deadline_is_an_error_that_may_still_end_well()
    {
        var late = Options.ProgressDeadline.TotalSeconds + 1;
        var accepted = Accepted();

        var (step, overdue) = Plan(accepted, Seen(ClusterPhase.Progressing, 1), at: late);

        Assert.IsType<DatabaseStep.Wait>(step);
        Assert.Equal(DatabaseStatus.Error, overdue.Status);
        Assert.Equal("deadline-exceeded", overdue.StatusReason?.Code);
        Assert.Equal(DatabaseStatus.Ready, Plan(overdue, Serving(1), at: late).Next.Status);
    }

    [Fact]
    public void Freezing_applies_a_frozen_cluster_and_ends_frozen()
    {
        var freezing = DatabaseRequests.Destroy(Ready(), hard: false, Start);

        Assert.True(Assert.IsType<DatabaseStep.Apply>(Plan(freezing, Serving(1)).Step).Spec.Frozen);
        Assert.Equal(DatabaseStatus.Frozen, Plan(freezing, Seen(ClusterPhase.Stopped, 2)).Next.Status);
    }

    [Theory]
    [InlineData(ClusterPhase.Ready)]
    [InlineData(ClusterPhase.Stopped)]
    [InlineData(ClusterPhase.Progressing)]
    [InlineData(ClusterPhase.Failed)]
    public void A_database_that_is_to_go_is_destroyed_whatever_state_its_cluster_is_in(ClusterPhase phase)
    {
        var going = DatabaseRequests.Destroy(Ready(), hard: true, Start);

        Assert.IsType<DatabaseStep.Destroy>(DatabasePlan.Next(going, Seen(phase, 1), asked: 1, Start, Options).Step);
    }

    [Fact]
    public void A_removal_that_was_asked_for_is_waited_for()
    {
        var going = DatabaseRequests.Destroy(Ready(), hard: true, Start);

        Assert.IsType<DatabaseStep.Wait>(DatabasePlan.Next(going, Seen(ClusterPhase.Progressing, 1), asked: going.Generation, Start, Options).Step);
    }

    [Fact]
    public void A_removal_that_fails_is_told_and_tried_again()
    {
        var going = DatabaseRequests.Destroy(Ready(), hard: true, Start);

        var (step, failed) = DatabasePlan.Next(going, Seen(ClusterPhase.Failed, 1, Trouble()), asked: going.Generation, Start, Options);
        Assert.IsType<DatabaseStep.Wait>(step);
        Assert.Equal(DatabaseStatus.Error, failed.Status);

        var later = failed.RetryAt!.Value;
        Assert.IsType<DatabaseStep.Destroy>(DatabasePlan.Next(failed, Seen(ClusterPhase.Failed, 1, Trouble()), going.Generation, later, Options).Step);
    }

    [Fact]
    public void A_removed_cluster_gives_its_quota_place_back_before_the_database_is_deleted()
    {
        var going = DatabaseRequests.Destroy(Ready(), hard: true, Start);

        var (step, next) = Plan(going, ClusterObservation.Absent, at: 9);

        Assert.IsType<DatabaseStep.ReleaseQuota>(step);
        Assert.Equal(DatabaseStatus.Deleted, next.Status);
        Assert.Equal(Start.AddSeconds(9), next.DeletedAt);
        Assert.IsType<DatabaseStep.Rest>(Plan(next, ClusterObservation.Absent).Step);
    }

    [Fact]
    public void Deleting_while_provisioning_ends_the_creation_as_superseded()
    {
        var going = DatabaseRequests.Destroy(Accepted(DestructionStrategy.Hard), hard: false, Start);

        Assert.Equal([OperationStatus.Failed, OperationStatus.Running], going.Operations.Select(operation => operation.Status));
        Assert.Equal("superseded", going.Operations[0].Error?.Code);
        Assert.IsType<DatabaseStep.Destroy>(Plan(going, Seen(ClusterPhase.Progressing, 1)).Step);
    }

    private static (DatabaseStep Step, DatabaseState Next) Plan(DatabaseState state, ClusterObservation seen, double at = 0) =>
        DatabasePlan.Next(state, seen, asked: 0, Start.AddSeconds(at), Options);
}
