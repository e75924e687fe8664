using OrleansDaap.Backups;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>What to do for a database that serves: what its tier promises in backups and drills is seen to. Pure.</summary>
internal static class MaintenancePlan
{
    public static (DatabaseStep Step, DatabaseState Next) Next(DatabaseState state, ClusterObservation seen, DateTimeOffset now, DatabaseOptions options)
    {
        if (state.Tier.Spec.Backup is not { } policy || seen.Backups is not { } backups)
        {
            return DatabasePlan.Reached(state, seen, DatabaseStatus.Ready, now);
        }

        // While archiving works the latest moment is always the present: not worth a write each time.
        seen = seen with { Backups = backups with { LatestRestoreAt = backups.ArchivingFailure is null ? null : backups.LatestRestoreAt } };
        var turn = BackupPlan.Next(state.Backups ?? new BackupState(), backups, state.Id, policy, now);
        var learned = turn.Next.Equals(state.Backups) ? state : Learned(state, turn.Next, now);
        var (step, next) = DatabasePlan.Reached(learned, seen, DatabaseStatus.Ready, now);
        return turn switch
        {
            // The end of a move comes first.
            _ when step is not DatabaseStep.Rest => (step, next with { Backups = state.Backups }),
            { BackUp: { } request } => (new DatabaseStep.BackUp(request), next),
            { Drill: { } drill } => (new DatabaseStep.Drill(drill), next),

            // What comes later is seen to by the reminder, and the database need not stay in memory for it.
            _ => (turn.LookAgainAt - now < options.ReconcileEvery ? new DatabaseStep.Wait(turn.LookAgainAt - now) : step, next),
        };
    }

    private static DatabaseState Learned(DatabaseState state, BackupState next, DateTimeOffset now)
    {
        var before = state.Backups ?? new BackupState();
        var told = (before.LastFailure, before.LastSuccessfulAt, before.LastDrill) == (next.LastFailure, next.LastSuccessfulAt, next.LastDrill);
        return (told ? state : state.ChangedAt(now)) with { Backups = next };
    }
}
