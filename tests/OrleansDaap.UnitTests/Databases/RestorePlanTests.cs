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

        var (step, given) = Look(state, ClusterPhase.Failed, first + Options.RestoreGivesUpAfter + TimeSpan.FromSeconds(1));
        Assert.Equal((new DatabaseStep.Destroy(KeepBackups: false), WantedCluster.Gone), (step, given.Wanted));
        Assert.Equal((OperationStatus.Failed, "disk-full"), (given.Operations[^1].Status, given.Operations[^1].Error?.Code));
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

    private static (DatabaseStep Step, DatabaseState Next) Look(DatabaseState state, ClusterPhase phase, DateTimeOffset now, string reason = "disk-full") => DatabasePlan.Next(
        state, Samples.Seen(phase, state.Generation, phase == ClusterPhase.Failed ? Samples.Trouble(reason) : null), state.Generation, now, Options);
}
