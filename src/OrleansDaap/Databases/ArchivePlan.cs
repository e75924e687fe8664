using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>
/// The way of a database into its archive: closed to clients, backed up once more, that backup proven to restore, its cluster removed,
/// and in the end its backups too. Nothing is removed before the proof is there. Pure.
/// </summary>
internal static class ArchivePlan
{
    private static readonly TimeSpan PurgeGrace = TimeSpan.FromHours(1);

    public static (DatabaseStep Step, DatabaseState Next) Next(
        DatabaseState state, ArchiveState archive, ClusterObservation seen, long asked, DateTimeOffset now, DatabaseOptions options) => archive switch
        {
            { PurgeAt: { } purgeAt } => Kept(DatabasePlan.WithBackups(state, seen, now), archive, purgeAt, now, options),
            { ProvenAt: not null } => Removal(state, archive, seen, asked, now, options),
            _ => Closing(state, archive, seen, now, options),
        };

    /// <summary>
    /// Until its retention has ended. One look at a clock does not decide what cannot be undone: it has to be over for a while, in which a
    /// clock that jumped is set right.
    /// </summary>
    private static (DatabaseStep, DatabaseState) Kept(
        DatabaseState state, ArchiveState archive, DateTimeOffset purgeAt, DateTimeOffset now, DatabaseOptions options)
    {
        if (now < purgeAt)
        {
            return (new DatabaseStep.Rest(), archive.OverSince is null ? state : Unhindered(state, now) with { Archive = archive with { OverSince = null } });
        }

        if (archive.OverSince is not { } since || since > now)
        {
            return (new DatabaseStep.Rest(), state with { Archive = archive with { OverSince = now } });
        }

        if (now - since < PurgeGrace)
        {
            return (new DatabaseStep.Rest(), state);
        }

        return RestoreHolds.Reason(state, now) is { } waits
            ? (new DatabaseStep.Wait(options.RetryAtLeastEvery), DatabasePlan.Hindered(state, waits, now))
            : (new DatabaseStep.Wait(TimeSpan.Zero), Purged(Unhindered(state, now), now));
    }

    private static DatabaseState Unhindered(DatabaseState state, DateTimeOffset now) => state.StatusReason is null
        ? state
        : state.ChangedAt(now) with { StatusReason = null, Settled = true, Failures = 0, FailingSince = null, RetryAt = null };

    private static (DatabaseStep, DatabaseState) Closing(
        DatabaseState state, ArchiveState archive, ClusterObservation seen, DateTimeOffset now, DatabaseOptions options)
    {
        var apply = new DatabaseStep.Apply(ClusterSpecs.Of(state));
        if (seen.Generation < state.Generation)
        {
            return (apply, state);
        }

        return seen.Phase switch
        {
            ClusterPhase.Absent or ClusterPhase.Stopped => (apply, state),
            ClusterPhase.Progressing => DatabasePlan.Patience(state, now, options),
            ClusterPhase.Failed => DatabasePlan.Failure(state, seen.Reason, now, options, apply),
            ClusterPhase.Ready => LastBackup(state, archive, seen.Backups ?? new BackupObservation(), now, options),
        };
    }

    private static (DatabaseStep, DatabaseState) LastBackup(
        DatabaseState state, ArchiveState archive, BackupObservation seen, DateTimeOffset now, DatabaseOptions options)
    {
        var backups = BackupPlan.Learned(BackupPlan.Sane(state.Backups ?? new BackupState(), now), seen, now);
        if (archive.Backup is null)
        {
            // Whatever else was wanted has no point any more.
            backups = BackupPlan.Asked(BackupPlan.Abandoned(backups, now), state.Id, BackupType.Incremental, BackupCause.Archive, now, archive: state.Generation);
            state = At(state, "take-last-backup", now) with { Archive = archive with { Backup = backups.Queue[0].Request.Id } };
        }

        state = state with { Backups = backups };
        if (backups.Queue is not [var last, ..])
        {
            return Proof(state, state.Archive!, seen, now, options);
        }

        if (seen.Running == last.Request.Id)
        {
            return (new DatabaseStep.Wait(options.ProgressDeadline), state);
        }

        return backups.RetryAt > now
            ? (new DatabaseStep.Wait(backups.RetryAt.Value - now), DatabasePlan.Hindered(state, BackupPlan.Reason(backups, seen)!, now))
            : (new DatabaseStep.BackUp(last.Request), state with { Backups = backups with { RetryAt = null } });
    }

    private static (DatabaseStep, DatabaseState) Proof(
        DatabaseState state, ArchiveState archive, BackupObservation seen, DateTimeOffset now, DatabaseOptions options)
    {
        var backups = state.Backups!;
        if (archive.Drill is null)
        {
            backups = BackupPlan.AskedToDrill(backups, state.Id, archive: state.Generation);
            state = At(state, "prove-last-backup", now) with { Backups = backups, Archive = archive with { Drill = backups.Drill } };
        }
        else if (backups.LastDrill is { } result && result.Id == archive.Drill)
        {
            return Doubt(result, now) is { } failure
                ? DatabasePlan.Failure(state, failure with { Code = "archive-not-proven" }, now, options, new DatabaseStep.Wait(TimeSpan.Zero), again => again with { Archive = archive with { Drill = null } })

                // The proof is saved before anything is removed: a cluster that is gone without one would look lost.
                : (new DatabaseStep.Wait(TimeSpan.Zero), At(state, "remove-cluster", now) with
                {
                    Observed = state.Observed is { } observed ? observed with { Backups = seen } : null,
                    Archive = archive with { ProvenAt = result.ProvenAt ?? now },
                    Generation = state.Generation + 1,
                    WantedSince = now,
                });
        }

        return seen.RunningDrill == backups.Drill
            ? (new DatabaseStep.Wait(options.ProgressDeadline), state)
            : (new DatabaseStep.Drill(backups.Drill!), state);
    }

    /// <summary>What keeps a drill from being the proof after which the only other copy of the data is removed; null when nothing does.</summary>
    private static StatusReason? Doubt(DrillResult result, DateTimeOffset now) => result switch
    {
        { Failure: { } failure } => failure,
        { Warning: { } warning } => warning,
        { Compared: false } => new StatusReason(
            "not-compared", "The last backup restores, but could not be compared with the database, which is not running well enough to be read.", now),
        _ => null,
    };

    private static (DatabaseStep, DatabaseState) Removal(
        DatabaseState state, ArchiveState archive, ClusterObservation seen, long asked, DateTimeOffset now, DatabaseOptions options) => seen.Phase switch
        {
            ClusterPhase.Absent => (new DatabaseStep.ReleaseQuota(), Archived(state, archive, seen, now)),
            ClusterPhase.Progressing when asked == state.Generation => DatabasePlan.Patience(state, now, options),
            ClusterPhase.Failed when asked == state.Generation =>
                DatabasePlan.Failure(state, seen.Reason, now, options, new DatabaseStep.Destroy(KeepBackups: true)),
            ClusterPhase.Progressing or ClusterPhase.Ready or ClusterPhase.Stopped or ClusterPhase.Failed => (new DatabaseStep.Destroy(KeepBackups: true), state),
        };

    private static DatabaseState Archived(DatabaseState state, ArchiveState archive, ClusterObservation seen, DateTimeOffset now) => state.ChangedAt(now) with
    {
        Observed = seen with { PostgresVersion = state.Observed?.PostgresVersion },
        Archive = archive with { PurgeAt = now.AddDays(state.Tier.Spec.ArchiveRetentionDays!.Value) },
        Status = DatabaseStatus.Archived,
        StatusReason = null,
        Settled = true,
        Failures = 0,
        FailingSince = null,
        RetryAt = null,
        Operations = OperationLog.Succeeded(state.Operations, now),
    };

    private static DatabaseState Purged(DatabaseState state, DateTimeOffset now) => OperationLog.Begin(
        state.ChangedAt(now) with
        {
            Wanted = WantedCluster.Gone,
            Generation = state.Generation + 1,
            WantedSince = now,
            Settled = false,
        },
        OperationKind.Purge,
        now);

    // What stood in the way of the step before is over.
    private static DatabaseState At(DatabaseState state, string step, DateTimeOffset now) => state.ChangedAt(now) with
    {
        Status = state.Status == DatabaseStatus.Error ? DatabaseStatus.Ready : state.Status,
        StatusReason = null,
        Failures = 0,
        FailingSince = null,
        Operations = OperationLog.Reached(state.Operations, step, now),
    };
}
