using OrleansDaap.Backups;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>The way into the archive, one look at a time.</summary>
public sealed class ArchivePlanTests
{
    private static readonly DateTimeOffset Start = Samples.Start;
    private static readonly DatabaseOptions Options = new();

    [Fact]
    public void What_an_attempt_left_that_nobody_saved_is_taken_neither_for_the_last_backup_nor_for_its_proof()
    {
        var state = Archiving();
        var left = Closed(state) with { LastEnded = BackupIds.Backup(state.Id, number: 1), LastSuccessfulAt = Start };
        var (asked, backingUp) = Look(state, left);
        Assert.NotEqual(left.LastEnded, Assert.IsType<DatabaseStep.BackUp>(asked).Request.Id);
        Assert.IsType<DatabaseStep.BackUp>(Look(backingUp, left).Step);

        var taken = left with { LastEnded = backingUp.Archive!.Backup, LastDrill = Drilled(BackupIds.Drill(state.Id, 1)) };
        var proving = Assert.IsType<DatabaseStep.Drill>(Look(backingUp, taken).Step);
        Assert.NotEqual(taken.LastDrill!.Id, proving.Id);
        Assert.Null(Look(Look(backingUp, taken).Next, taken).Next.Archive!.ProvenAt);
        Assert.Equal(Start, Look(Look(backingUp, taken).Next, taken with { LastDrill = Drilled(proving.Id) }).Next.Archive!.ProvenAt);
    }

    [Fact]
    public void A_last_backup_and_its_proof_are_named_by_the_generation_that_they_are_for()
    {
        var state = Archiving();
        var backingUp = Look(state, Closed(state)).Next;
        var proving = Look(backingUp, Closed(state) with { LastEnded = backingUp.Archive!.Backup }).Next;

        Assert.Contains($"-g{state.Generation}-", backingUp.Archive.Backup, StringComparison.Ordinal);
        Assert.Contains($"-g{state.Generation}-", proving.Archive!.Drill, StringComparison.Ordinal);
        Assert.True(BackupIds.TryGetDatabase(backingUp.Archive.Backup!, out var owner));
        Assert.Equal(state.Id, owner);
    }

    [Fact]
    public void A_last_backup_that_failed_does_not_wait_for_a_clock_that_was_ahead_to_get_there_again()
    {
        var ahead = Start.AddYears(1);
        var state = Archiving();
        var backingUp = Look(state, Closed(state), ahead).Next;
        var failed = Look(backingUp, Closed(state) with { LastEnded = backingUp.Archive!.Backup, LastFailure = Samples.Trouble() }, ahead).Next;

        var (step, waiting) = Look(failed, Closed(state));
        var wait = Assert.IsType<DatabaseStep.Wait>(step).Time;
        Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.IsType<DatabaseStep.BackUp>(Look(waiting, Closed(state), Start + wait).Step);
    }

    private static DatabaseState Archiving()
    {
        var ready = Samples.Ready(DestructionStrategy.Archive);
        return DatabaseRequests.Destroy(
            ready with
            {
                Tier = ready.Tier with
                {
                    Spec = ready.Tier.Spec with { Backup = new BackupPolicy { Schedule = "0 * * * *", RetentionDays = 7 }, ArchiveRetentionDays = 30 },
                },
            },
            hard: false,
            Start);
    }

    private static BackupObservation Closed(DatabaseState state) => new() { EarliestRestoreAt = state.CreatedAt };

    private static DrillResult Drilled(string id) => new() { Id = id, FinishedAt = Start, ProvenAt = Start, Compared = true };

    private static (DatabaseStep Step, DatabaseState Next) Look(DatabaseState state, BackupObservation backups, DateTimeOffset? now = null) =>
        DatabasePlan.Next(state, Samples.Serving(state.Generation) with { Endpoint = null, Backups = backups }, state.Generation, now ?? Start, Options);
}
