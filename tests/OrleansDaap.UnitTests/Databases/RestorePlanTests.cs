using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>When a restore that fails is undone, and when it is not.</summary>
public sealed class RestorePlanTests
{
    private static readonly DateTimeOffset Start = Samples.Start;
    private static readonly DatabaseOptions Options = new();
    private static readonly DatabaseState Restoring = DatabaseRequests.Create(
        DatabaseId.New(Start),
        DatabaseSilo.Request with { Recovery = new RecoverySource(DatabaseId.New(Start.AddDays(-1)), Start) },
        Samples.Tier(),
        Start);

    [Fact]
    public void A_copy_of_many_hours_is_not_undone_for_one_hiccup()
    {
        var later = Start.AddHours(9);
        Assert.Equal(Restoring, Look(Restoring, ClusterPhase.Progressing, later).Next);

        var (step, failed) = Look(Restoring, ClusterPhase.Failed, later);
        Assert.IsType<DatabaseStep.Wait>(step);
        Assert.Equal((WantedCluster.Running, DatabaseStatus.Error, "disk-full"), (failed.Wanted, failed.Status, failed.StatusReason?.Code));
        Assert.IsType<DatabaseStep.Apply>(Look(failed, ClusterPhase.Failed, failed.RetryAt!.Value).Step);
    }

    [Fact]
    public void A_restore_is_undone_when_it_still_fails_so_long_after_it_first_did()
    {
        var first = Start.AddHours(9);
        var state = Restoring;
        for (var now = first; now <= first + Options.RestoreGivesUpAfter; now = now.AddSeconds(30)) state = Look(state, ClusterPhase.Failed, now).Next;
        Assert.Equal(WantedCluster.Running, state.Wanted);

        // An attempt that begins so late is the last one.
        var (late, last) = Look(state, ClusterPhase.Failed, first + Options.RestoreGivesUpAfter + TimeSpan.FromSeconds(31));
        if (late is not DatabaseStep.Apply) last = Again(last);
        var (step, given) = Look(last, ClusterPhase.Failed, first + Options.RestoreGivesUpAfter + TimeSpan.FromSeconds(90));
        Assert.Equal((new DatabaseStep.Destroy(KeepBackups: false), WantedCluster.Gone), (step, given.Wanted));
        Assert.Equal((OperationStatus.Failed, "disk-full"), (given.Operations[^1].Status, given.Operations[^1].Error?.Code));
    }

    [Fact]
    public void Two_hiccups_with_hours_of_copying_between_them_undo_nothing()
    {
        var state = Again(Look(Restoring, ClusterPhase.Failed, Start.AddMinutes(10)).Next);
        for (var now = Start.AddMinutes(11); now < Start.AddHours(3); now = now.AddMinutes(5)) state = Look(state, ClusterPhase.Progressing, now).Next;

        // The second time it fails again and again for a while, each as if it were the first.
        for (var now = Start.AddHours(3); now < Start.AddHours(3.9); now = now.AddSeconds(30))
        {
            state = Look(state, ClusterPhase.Failed, now).Next;
            Assert.Equal((WantedCluster.Running, Start.AddHours(3)), (state.Wanted, state.FailingSince));
        }
    }

    [Fact]
    public void Nobody_has_to_see_it_copy_for_that()
    {
        var state = Again(Look(Restoring, ClusterPhase.Failed, Start.AddMinutes(10)).Next);
        state = Again(Look(state, ClusterPhase.Failed, Start.AddHours(3)).Next);
        Assert.Equal((WantedCluster.Running, Start.AddHours(3)), (state.Wanted, state.FailingSince));
        Assert.Equal(WantedCluster.Running, Look(state, ClusterPhase.Failed, state.WantedSince.AddMinutes(10)).Next.Wanted);
    }

    [Fact]
    public void A_backend_that_was_away_for_a_moment_is_not_held_against_a_copy_that_fails_hours_later()
    {
        var state = DatabasePlan.Failed(Restoring, Samples.Trouble("backend-unavailable"), Start.AddMinutes(10), Options);
        state = Look(state, ClusterPhase.Progressing, Start.AddHours(3)).Next;
        state = Look(state, ClusterPhase.Failed, Start.AddHours(4)).Next;
        Assert.Equal((WantedCluster.Running, Start.AddHours(4)), (state.Wanted, state.FailingSince));
        Assert.IsType<DatabaseStep.Apply>(Look(state, ClusterPhase.Failed, state.RetryAt!.Value).Step);
    }

    [Fact]
    public void A_server_that_was_stopped_between_two_attempts_makes_another()
    {
        var failed = Look(Restoring, ClusterPhase.Failed, Start.AddMinutes(10)).Next;
        Assert.IsType<DatabaseStep.Apply>(Look(failed, ClusterPhase.Failed, Start.AddHours(9)).Step);
    }

    [Fact]
    public void A_restore_that_fails_at_the_end_of_each_long_copy_is_undone_after_a_day_of_them()
    {
        var (state, now) = (Restoring, Start);
        while (state.Wanted == WantedCluster.Running && now < Start.AddDays(3))
        {
            now += TimeSpan.FromHours(3);
            state = Look(state, ClusterPhase.Progressing, now.AddMinutes(-1)).Next;
            state = Look(state, ClusterPhase.Failed, now).Next;
            if (state.Wanted == WantedCluster.Running) state = Again(state);
        }

        Assert.Equal(WantedCluster.Gone, state.Wanted);
        Assert.InRange(now, Start + RestorePlan.LongestCopy, Start + 1.5 * RestorePlan.LongestCopy);
    }

    [Fact]
    public void A_copy_that_does_not_end_is_told_of_after_a_day_and_undone_when_that_changes_nothing()
    {
        var day = Start + RestorePlan.LongestCopy;
        var late = Look(Restoring, ClusterPhase.Progressing, day).Next;
        Assert.Equal((WantedCluster.Running, "deadline-exceeded"), (late.Wanted, late.StatusReason?.Code));
        Assert.Equal(WantedCluster.Running, Look(late, ClusterPhase.Progressing, day + Options.RestoreGivesUpAfter).Next.Wanted);

        var given = Look(late, ClusterPhase.Progressing, day + Options.RestoreGivesUpAfter + TimeSpan.FromSeconds(1)).Next;
        Assert.Equal((WantedCluster.Gone, "deadline-exceeded"), (given.Wanted, given.StatusReason?.Code));
    }

    [Fact]
    public void A_restore_whose_source_is_gone_is_undone_at_once()
    {
        var given = Look(Restoring, ClusterPhase.Failed, Start.AddSeconds(1), "restore-source-gone").Next;
        Assert.Equal((WantedCluster.Gone, "restore-source-gone"), (given.Wanted, given.StatusReason?.Code));
    }

    /// <summary>Tried again, as soon as that is due.</summary>
    private static DatabaseState Again(DatabaseState failed)
    {
        var (step, next) = Look(failed, ClusterPhase.Failed, failed.RetryAt!.Value);
        Assert.IsType<DatabaseStep.Apply>(step);
        return next;
    }

    private static (DatabaseStep Step, DatabaseState Next) Look(DatabaseState state, ClusterPhase phase, DateTimeOffset now, string reason = "disk-full") => DatabasePlan.Next(
        state, Samples.Seen(phase, state.Generation, phase == ClusterPhase.Failed ? Samples.Trouble(reason) : null), state.Generation, now, Options);
}
