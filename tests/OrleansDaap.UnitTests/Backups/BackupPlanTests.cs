using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Server.Api;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Backups;

public sealed class BackupPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 30, 0, TimeSpan.Zero);
    private static readonly DatabaseId Id = DatabaseId.New(Start);
    private static readonly BackupPolicy Hourly = new() { Schedule = "0 * * * *", RetentionDays = 7 };
    private static readonly StatusReason Trouble = new("repository-unavailable", "The repository does not answer.", Start);

    [Fact]
    public void The_first_backup_is_a_full_one_and_wanted_at_once()
    {
        var turn = Look(new BackupState(), Nothing, Start);

        Assert.Equal(BackupType.Full, turn.BackUp?.Type);
        Assert.InRange(turn.LookAgainAt, Start.AddMinutes(30), Start.AddMinutes(40));
    }

    [Fact]
    public void A_backup_that_is_being_taken_is_not_asked_for_again()
    {
        var asked = Look(new BackupState(), Nothing, Start);

        Assert.Null(Look(asked.Next, Nothing with { Running = asked.BackUp!.Id }, Start.AddMinutes(1)).BackUp);
    }

    [Fact]
    public void One_that_the_backend_forgot_in_a_crash_is_asked_for_again_by_the_same_name()
    {
        var asked = Look(new BackupState(), Nothing, Start);

        Assert.Equal(asked.BackUp, Look(asked.Next, Nothing, Start.AddMinutes(1)).BackUp);
    }

    [Fact]
    public void The_next_tick_brings_an_incremental_one_and_a_week_later_comes_a_full_one()
    {
        var state = Taken(new BackupState(), Start);
        var (types, now) = (new List<BackupType>(), Start);
        while (now < Start.AddDays(8))
        {
            now = Look(state, Nothing, now).LookAgainAt;
            var turn = Look(state, Nothing, now);
            if (turn.BackUp is { } backup) types.Add(backup.Type);
            state = Taken(state, now);
        }

        Assert.Equal(BackupType.Incremental, types[0]);
        Assert.Equal(1, types.Count(type => type == BackupType.Full));
        Assert.Equal(8 * 24 + 1, types.Count);
    }

    [Fact]
    public void A_full_backup_is_due_until_one_was_taken_whatever_was_asked_for()
    {
        var week = Start.AddDays(8);
        var due = Look(Taken(new BackupState(), Start), Nothing, week);
        Assert.Equal(BackupType.Full, due.BackUp?.Type);

        // What was taken could only build on the one before.
        var built = Look(due.Next, Ended(due.BackUp!, BackupType.Incremental, week), week).Next;
        Assert.Equal(Start, built.LastFullAt);
        var again = Look(built, Nothing, week.AddHours(1.5));
        Assert.Equal(BackupType.Full, again.BackUp?.Type);

        var full = Look(again.Next, Ended(again.BackUp!, BackupType.Full, week.AddHours(1.5)), week.AddHours(1.5)).Next;
        Assert.Equal(BackupType.Incremental, Look(full, Nothing, week.AddHours(3)).BackUp?.Type);
    }

    [Fact]
    public void A_backup_that_was_asked_for_is_told_as_what_it_was_taken_as()
    {
        var asked = Look(BackupPlan.Asked(Taken(new BackupState(), Start), new BackupRequest("bk-asked", BackupType.Incremental), BackupCause.OnDemand, Start), Nothing, Start);
        var done = Look(asked.Next, Ended(asked.BackUp!, BackupType.Full, Start.AddMinutes(1)), Start.AddMinutes(1)).Next;

        Assert.Equal((BackupType.Full, Start), (Assert.Single(done.Succeeded).Type, done.LastFullAt));
    }

    [Fact]
    public void A_tick_is_honoured_once_however_often_one_looks()
    {
        var state = Taken(new BackupState(), Start);
        var due = Look(state, Nothing, Start).LookAgainAt;
        state = Taken(state, due);

        Assert.All(Enumerable.Range(0, 50), minute => Assert.Null(Look(state, Nothing, due.AddMinutes(minute)).BackUp));
    }

    [Fact]
    public void However_many_ticks_a_downtime_missed_one_backup_makes_up_for_them()
    {
        var state = Taken(new BackupState(), Start);
        var back = Start.AddDays(3);

        var turn = Look(state, Nothing, back);
        Assert.Single(turn.Next.Queue);
        Assert.Null(Look(Taken(turn.Next, back), Nothing, back.AddMinutes(1)).BackUp);
    }

    [Fact]
    public void A_clock_that_was_years_ahead_does_not_stop_the_schedule()
    {
        var state = Taken(new BackupState(), Start.AddYears(2));

        Assert.NotNull(Look(state, Nothing, Start).Next.ScheduledUpTo);
        var turn = Look(Look(state, Nothing, Start).Next, Nothing, Start.AddHours(2));
        Assert.NotNull(turn.BackUp);
    }

    [Fact]
    public void A_scheduled_backup_that_failed_is_tried_again_after_a_wait_until_it_succeeds()
    {
        var asked = Look(new BackupState(), Nothing, Start);
        var failed = Look(asked.Next, Failed(asked.BackUp!.Id), Start.AddSeconds(5));
        Assert.Null(failed.BackUp);
        Assert.Equal("backup-failed", BackupPlan.Reason(failed.Next, null)?.Code);

        var again = Look(failed.Next, Failed(asked.BackUp.Id), failed.Next.RetryAt!.Value);
        Assert.Equal(asked.BackUp, again.BackUp);

        var done = Look(again.Next, Nothing with { LastEnded = asked.BackUp.Id, LastSuccessfulAt = Start.AddMinutes(2) }, Start.AddMinutes(2));
        Assert.Empty(done.Next.Queue);
        Assert.Null(BackupPlan.Reason(done.Next, null));
    }

    [Fact]
    public void A_failed_backup_that_was_asked_for_by_hand_is_told_of_and_not_repeated()
    {
        var state = Taken(new BackupState(), Start);
        var asked = Look(BackupPlan.Asked(state, Id, BackupType.Full, BackupCause.OnDemand, Start), Nothing, Start);

        var failed = Look(asked.Next, Failed(asked.BackUp!.Id), Start.AddMinutes(1));

        Assert.Empty(failed.Next.Queue);
        Assert.Equal(asked.BackUp.Id, Assert.Single(failed.Next.Failed).Id);
        Assert.Equal(Trouble, failed.Next.LastFailure);
        Assert.Equal("backup-failed", BackupPlan.Reason(failed.Next, null)?.Code);
        Assert.Null(Taken(failed.Next, Start.AddHours(2)).LastFailure);
    }

    [Fact]
    public void A_backup_that_waited_for_its_turn_tells_when_it_was_asked_for_and_when_its_step_began()
    {
        var later = Start.AddMinutes(20);
        var first = Look(new BackupState(), Nothing, Start);
        var waiting = BackupPlan.Asked(first.Next, new BackupRequest("bk-asked", BackupType.Full), BackupCause.OnDemand, Start.AddMinutes(1));
        Assert.Equal(OperationStatus.Pending, Assert.Single(Assert.Single(BackupOperations.Of(waiting)).Steps).Status);

        var begun = Look(waiting, Nothing with { LastEnded = first.BackUp!.Id, LastSuccessfulAt = later }, later).Next;
        var ended = Look(begun, Nothing with { LastEnded = "bk-asked", LastSuccessfulAt = later.AddMinutes(1) }, later.AddMinutes(1)).Next;
        foreach (var state in new[] { begun, Look(begun, Nothing, later.AddSeconds(5)).Next, ended })
        {
            var operation = Assert.Single(BackupOperations.Of(state));
            Assert.Equal((Start.AddMinutes(1), later), (operation.StartedAt, Assert.Single(operation.Steps).StartedAt));
        }
    }

    [Fact]
    public void The_next_look_lies_ahead_whatever_is_overdue()
    {
        var sunday = new DateTimeOffset(2026, 1, 4, 4, 15, 0, TimeSpan.Zero);
        var drilled = Taken(new BackupState(), Start);
        var failed = Look(BackupPlan.AskedToDrill(drilled, Id), Nothing with { LastDrill = Result(BackupPlan.AskedToDrill(drilled, Id).Drill!, Start, Trouble) }, Start).Next;

        Assert.All(
            new[] { new BackupState { ScheduledUpTo = Start, DrilledUpTo = Start }, drilled, failed, BackupPlan.AskedToDrill(failed, Id) },
            state => Assert.All([Start, Start.AddHours(3), sunday, sunday.AddDays(9)], now => Assert.True(Look(state, Nothing, now).LookAgainAt > now)));
    }

    [Fact]
    public void A_clock_that_was_ahead_keeps_no_failed_backup_waiting()
    {
        var ahead = Start.AddYears(1);
        var asked = Look(new BackupState(), Nothing, ahead);
        var failed = Look(asked.Next, Failed(asked.BackUp!.Id), ahead).Next;

        Assert.InRange(Look(failed, Failed(asked.BackUp.Id), Start).LookAgainAt, Start, Start.AddMinutes(5));
    }

    [Fact]
    public void A_drill_is_due_by_its_own_schedule_and_only_when_there_is_a_backup()
    {
        var sunday = new DateTimeOffset(2026, 1, 4, 4, 15, 0, TimeSpan.Zero);
        var state = Taken(new BackupState(), Start);

        Assert.Null(Look(state, Nothing, Start.AddHours(1)).Next.Drill);
        Assert.NotNull(Taken(state, sunday).Drill);
        Assert.Null(Look(new BackupState { ScheduledUpTo = Start, DrilledUpTo = Start }, Nothing, sunday).Drill);
    }

    [Fact]
    public void A_failed_drill_is_a_reason_until_a_later_one_succeeds()
    {
        var state = BackupPlan.AskedToDrill(Taken(new BackupState(), Start), Id);
        var failed = Look(state, Nothing with { LastDrill = Result(state.Drill!, Start.AddMinutes(1), Trouble) }, Start.AddMinutes(1));
        Assert.Equal("drill-failed", BackupPlan.Reason(failed.Next, null)?.Code);
        Assert.Null(failed.Next.Drill);

        var again = Taken(failed.Next, Start.AddMinutes(62));
        Assert.NotNull(again.Drill);
        Assert.NotEqual(state.Drill, again.Drill);

        var proven = Look(again, Nothing with { LastDrill = Result(again.Drill!, Start.AddMinutes(63), null) }, Start.AddMinutes(63));
        Assert.Null(BackupPlan.Reason(proven.Next, null));
        Assert.Equal(Start.AddMinutes(63), proven.Next.LastProof?.ProvenAt);
    }

    [Fact]
    public void What_a_good_drill_warns_of_is_a_reason_until_one_has_nothing_to_warn_of()
    {
        var state = BackupPlan.AskedToDrill(Taken(new BackupState(), Start), Id);
        var warned = Look(state, Nothing with { LastDrill = Result(state.Drill!, Start.AddMinutes(1), null) with { Warning = Trouble } }, Start.AddMinutes(1)).Next;
        Assert.Equal(Trouble, BackupPlan.Reason(warned, null));
        Assert.Equal(Start.AddMinutes(1), warned.LastProof?.ProvenAt);

        var again = Taken(warned, Start.AddMinutes(62));
        Assert.NotNull(again.Drill);
        Assert.Null(BackupPlan.Reason(Look(again, Nothing with { LastDrill = Result(again.Drill, Start.AddMinutes(63), null) }, Start.AddMinutes(63)).Next, null));
    }

    private static BackupObservation Nothing => new();

    private static BackupTurn Look(BackupState state, BackupObservation seen, DateTimeOffset now) => BackupPlan.Next(state, seen, Id, Hourly, now);

    /// <summary>Whatever is due by now, taken.</summary>
    private static BackupState Taken(BackupState state, DateTimeOffset now)
    {
        var turn = Look(state, Nothing, now);
        while (turn.BackUp is { } backup)
        {
            turn = Look(turn.Next, Nothing with { LastEnded = backup.Id, LastSuccessfulAt = now }, now);
        }

        return turn.Next;
    }

    private static BackupObservation Ended(BackupRequest backup, BackupType takenAs, DateTimeOffset now) =>
        Nothing with { LastEnded = backup.Id, LastEndedType = takenAs, LastSuccessfulAt = now };

    private static BackupObservation Failed(string id) => Nothing with { LastEnded = id, LastFailure = Trouble };

    private static DrillResult Result(string id, DateTimeOffset at, StatusReason? failure) =>
        new() { Id = id, FinishedAt = at, Failure = failure, ProvenAt = failure is null ? at : null };
}
