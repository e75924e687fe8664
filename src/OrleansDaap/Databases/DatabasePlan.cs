using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>What to do next for a database, and what its record says then: from its state, what the backend sees, and the time. Pure.</summary>
internal static class DatabasePlan
{
    /// <summary>The step to take, and the state to save once it is taken.</summary>
    /// <param name="state">The database as it was saved.</param>
    /// <param name="seen">Its cluster as the backend sees it.</param>
    /// <param name="asked">The generation that the backend was last asked for, as far as the caller remembers; asking again is harmless.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">Deadlines and waits.</param>
    public static (DatabaseStep Step, DatabaseState Next) Next(
        DatabaseState state, ClusterObservation seen, long asked, DateTimeOffset now, DatabaseOptions options)
    {
        if (state.Wanted == WantedCluster.Gone)
        {
            return Removal(state, seen, asked, now, options);
        }

        if (state.Archive is { ProvenAt: not null } archived)
        {
            return ArchivePlan.Next(state, archived, seen, asked, now, options);
        }

        // A database that once had data is never given an empty cluster in its place.
        if (seen.Phase == ClusterPhase.Absent && state.ReadyAt is not null)
        {
            return (new DatabaseStep.Wait(options.RetryAtLeastEvery), Hindered(state, Gone(now), now));
        }

        if (state.Archive is { } archive)
        {
            return ArchivePlan.Next(state, archive, seen, asked, now, options);
        }

        // A reason that the backend has for an older generation says nothing about what is wanted now.
        if (seen.Phase == ClusterPhase.Absent || seen.Generation < state.Generation)
        {
            return (new DatabaseStep.Apply(ClusterSpecs.Of(state)), state);
        }

        state = RestorePlan.Recovered(state, seen.Phase, now);
        return seen.Phase switch
        {
            ClusterPhase.Absent => (new DatabaseStep.Apply(ClusterSpecs.Of(state)), state),
            ClusterPhase.Progressing => Patience(state, now, options),
            ClusterPhase.Ready when state.Wanted == WantedCluster.Running => MaintenancePlan.Next(state, seen, now, options),
            ClusterPhase.Stopped when state.Wanted == WantedCluster.Frozen => Reached(state, seen, DatabaseStatus.Frozen, now),
            ClusterPhase.Ready => (new DatabaseStep.Apply(ClusterSpecs.Of(state)), state),
            ClusterPhase.Stopped => (new DatabaseStep.Apply(ClusterSpecs.Of(state)), FallenOver(state, now)),
            ClusterPhase.Failed when RestorePlan.IsOver(state, seen.Reason, options) => RestorePlan.GivenUp(state, seen.Reason ?? Unexplained(now), now),
            ClusterPhase.Failed => Failure(WithBackups(state, seen, now), seen.Reason, now, options, new DatabaseStep.Apply(ClusterSpecs.Of(state))),
        };
    }

    /// <summary>The state after an attempt failed: <c>error</c>, with the reason, and a time for the next attempt.</summary>
    public static DatabaseState Failed(DatabaseState state, StatusReason reason, DateTimeOffset now, DatabaseOptions options)
    {
        var failures = state.Failures + 1;
        return Changed(state, now) with
        {
            Status = Troubled(state),
            StatusReason = Same(state.StatusReason, reason) ? state.StatusReason : reason,
            Settled = false,
            Failures = failures,
            FailingSince = state.FailingSince is { } since && since <= now ? since : now,
            RetryAt = now + options.RetryAfter(failures),
            Operations = OperationLog.Hindered(state.Operations, reason),
        };
    }

    private static (DatabaseStep, DatabaseState) Removal(
        DatabaseState state, ClusterObservation seen, long asked, DateTimeOffset now, DatabaseOptions options) => seen.Phase switch
        {
            ClusterPhase.Absent when state.Status == DatabaseStatus.Deleted => (new DatabaseStep.Rest(), state),
            ClusterPhase.Absent when seen.Backups is not null => Purge(state, seen.Reason, asked, now, options),
            ClusterPhase.Absent => (new DatabaseStep.ReleaseQuota(), Deleted(state, now)),

            // What was seen before the removal was asked for is not its progress, nor its failure.
            ClusterPhase.Progressing when asked == state.Generation => Patience(state, now, options),
            ClusterPhase.Failed when asked == state.Generation =>
                Failure(state, seen.Reason, now, options, WithoutCluster(state)),
            ClusterPhase.Progressing or ClusterPhase.Ready or ClusterPhase.Stopped or ClusterPhase.Failed => (WithoutCluster(state), state),
        };

    /// <summary>Only its backups are left, and go when nobody restores from them any more.</summary>
    private static (DatabaseStep, DatabaseState) Purge(DatabaseState state, StatusReason? reason, long asked, DateTimeOffset now, DatabaseOptions options)
    {
        var purge = new DatabaseStep.Destroy(KeepBackups: state.Restores is not null, IsGone: true);
        var (step, next) = (RestoreHolds.Reason(state, now) ?? (asked == state.Generation ? reason : null)) is { } obstacle
            ? Failure(state, obstacle, now, options, purge)
            : (purge, state);
        return (step, step == purge ? next with { Operations = OperationLog.Reached(next.Operations, "remove-backups", now) } : next);
    }

    // A restore may need changes that are archived only now.
    private static DatabaseStep.Destroy WithoutCluster(DatabaseState state) => new(KeepBackups: state.Restores is not null);

    /// <summary>Tells of the failure, waits, and takes the step again.</summary>
    public static (DatabaseStep Step, DatabaseState Next) Failure(
        DatabaseState state, StatusReason? reason, DateTimeOffset now, DatabaseOptions options, DatabaseStep again, Func<DatabaseState, DatabaseState>? anew = null)
    {
        if (state.RetryAt is not { } retryAt)
        {
            var failed = Failed(state, reason ?? Unexplained(now), now, options);
            return (new DatabaseStep.Wait(failed.RetryAt!.Value - now), failed);
        }

        // No wait is longer than the longest there is: else the clock was ahead when it began.
        return now < retryAt && retryAt - now <= options.RetryAtLeastEvery
            ? (new DatabaseStep.Wait(retryAt - now), state)
            : (again, (anew?.Invoke(state) ?? state) with { RetryAt = null, WantedSince = now });
    }

    /// <summary>Waits for the backend, and says so when that takes too long.</summary>
    public static (DatabaseStep Step, DatabaseState Next) Patience(DatabaseState state, DateTimeOffset now, DatabaseOptions options)
    {
        var left = state.WantedSince + (RestorePlan.IsRestoring(state) ? RestorePlan.LongestCopy : options.ProgressDeadline) - now;
        if (left > TimeSpan.Zero || state.Settled)
        {
            return (new DatabaseStep.Wait(left > TimeSpan.Zero && left < options.ProgressDeadline ? left : options.ProgressDeadline), state);
        }

        var reason = new StatusReason(
            "deadline-exceeded", $"The backend has been at work on the cluster since {state.WantedSince:u}; look at its logs for what it waits for.", now);
        return RestorePlan.IsStuck(state, now, options)
            ? RestorePlan.GivenUp(state, reason, now)
            : (new DatabaseStep.Wait(options.ProgressDeadline), Hindered(state, reason, now));
    }

    /// <summary>In <c>error</c> for a reason that no further attempt mends, and still looked after.</summary>
    public static DatabaseState Hindered(DatabaseState state, StatusReason reason, DateTimeOffset now) => Same(state.StatusReason, reason)
        ? state
        : Changed(state, now) with
        {
            Status = Troubled(state),
            StatusReason = state.StatusReason is { } told && told.Code == reason.Code ? reason with { Since = told.Since } : reason,
            Settled = false,
            Operations = OperationLog.Hindered(state.Operations, reason),
        };

    // An archived database whose backups cannot be removed stays archived: its name may be another's by now.
    private static DatabaseStatus Troubled(DatabaseState state) => state.Archive?.PurgeAt is null ? DatabaseStatus.Error : DatabaseStatus.Archived;

    /// <summary>The cluster is what is wanted: told so, with what it falls short in, and the operation under way is done.</summary>
    public static (DatabaseStep Step, DatabaseState Next) Reached(DatabaseState state, ClusterObservation seen, DatabaseStatus status, DateTimeOffset now)
    {
        // What stands in the way of backups comes before what a cluster merely falls short in.
        var backups = state.Tier.Spec.Backup is null ? null : state.Backups;
        var reason = status == DatabaseStatus.Ready ? (backups is null ? null : BackupPlan.Reason(backups, seen.Backups)) ?? seen.Reason : null;
        var told = state.Status == status && Same(state.StatusReason, reason);
        if (state.Settled && told && state.Observed == seen)
        {
            return (new DatabaseStep.Rest(), state);
        }

        var reached = (told && Told(state.Observed) == Told(seen) ? state : Changed(state, now)) with
        {
            Observed = seen,
            Status = status,
            StatusReason = reason,
            Failures = 0,
            FailingSince = null,
            RetryAt = null,
            ReadyAt = status == DatabaseStatus.Ready ? state.ReadyAt ?? now : state.ReadyAt,
        };
        return state.MovingFrom.Count == 0
            ? (new DatabaseStep.Rest(), reached with { Settled = true, Operations = OperationLog.Succeeded(state.Operations, now) })
            : Arrival(state, reached, now);
    }

    /// <summary>With what its repository holds, although there is no cluster that serves: what it can be restored to is told from that.</summary>
    public static DatabaseState WithBackups(DatabaseState state, ClusterObservation seen, DateTimeOffset now)
    {
        var before = state.Observed ?? seen;
        return seen.Backups is not { Unknown: null } backups || Told(before) == Told(before with { Backups = backups })
            ? state
            : Changed(state, now) with { Observed = before with { Backups = backups } };
    }

    /// <summary>What of it a client is told, so that nothing else changes the record's version.</summary>
    public static ClusterObservation? Told(ClusterObservation? seen) => seen is null ? null : seen with
    {
        Backups = seen.Backups is not { } backups ? null : backups with { Running = null, LastEnded = null, LastEndedType = null, RunningDrill = null, LastDrill = null, Unknown = null },
    };

    /// <summary>The cluster is what the new tier says: first that is told, then the quota gets back what the database does not need any more.</summary>
    private static (DatabaseStep, DatabaseState) Arrival(DatabaseState state, DatabaseState reached, DateTimeOffset now) =>
        state.Observed is not { } known || known.Generation < state.Generation
            ? (new DatabaseStep.Wait(TimeSpan.Zero), reached with { Operations = OperationLog.Reached(state.Operations, "release-quota", now) })
            : (new DatabaseStep.TrimQuota(), reached with
            {
                Settled = true,
                MovingFrom = [],
                Operations = OperationLog.Succeeded(state.Operations, now),
            });

    /// <summary>PostgreSQL should run and does not: still told as ready, with the reason, until starting it again fails.</summary>
    private static DatabaseState FallenOver(DatabaseState state, DateTimeOffset now) =>
        state.Status != DatabaseStatus.Ready || state.StatusReason?.Code == "not-running"
            ? state
            : Changed(state, now) with
            {
                StatusReason = new StatusReason("not-running", "PostgreSQL is not running; it is being started again.", now),
                WantedSince = now,
                Settled = false,
            };

    private static DatabaseState Deleted(DatabaseState state, DateTimeOffset now) => Changed(state, now) with
    {
        Observed = ClusterObservation.Absent with { PostgresVersion = state.Observed?.PostgresVersion },
        Status = DatabaseStatus.Deleted,

        // A restore that was given up keeps saying why.
        StatusReason = state.Operations is [.., { Kind: OperationKind.Restore, Status: OperationStatus.Failed }] ? state.StatusReason : null,
        Settled = true,
        Failures = 0,
        FailingSince = null,
        RetryAt = null,
        MovingFrom = [],
        DeletedAt = now,
        Operations = OperationLog.Succeeded(state.Operations, now),
    };

    private static DatabaseState Changed(DatabaseState state, DateTimeOffset now) => state.ChangedAt(now);

    private static bool Same(StatusReason? one, StatusReason? other) => one?.Code == other?.Code && one?.Message == other?.Message;

    private static StatusReason Gone(DateTimeOffset now) => new(
        "cluster-gone",
        "The cluster of this database is gone, and its data with it. No empty one is put in its place: bring it back where it was, or delete the database.",
        now);

    private static StatusReason Unexplained(DateTimeOffset now) => new("unexplained", "The backend gave no reason.", now);
}
