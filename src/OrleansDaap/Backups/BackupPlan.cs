using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;

namespace OrleansDaap.Backups;

/// <summary>Which backup or drill is to be taken next of a database that is ready. Pure.</summary>
internal static class BackupPlan
{
    /// <summary>Backups asked for by hand that may wait for their turn; more only hide that something is wrong.</summary>
    public const int MostQueued = 10;

    /// <summary>Of those that were asked for by hand and failed, and of those that succeeded.</summary>
    private const int EndedKept = 10;

    /// <summary>What has become due in the meantime is seen at the next look.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromSeconds(15);

    /// <summary>A repository that is back is used again within this time.</summary>
    private static readonly TimeSpan RetryAtLeastEvery = TimeSpan.FromMinutes(5);

    /// <summary>A drill that failed for want of room, say, is not left until next week.</summary>
    private static readonly TimeSpan DrillAgainAfter = TimeSpan.FromHours(1);

    /// <summary>Takes in what the backend sees, adds what the schedules ask for, and names what to ask the backend for.</summary>
    public static BackupTurn Next(BackupState state, BackupObservation seen, DatabaseId database, BackupPolicy policy, DateTimeOffset now)
    {
        state = Sane(state, now);
        var next = Scheduled(Learned(state, seen, now), database, policy, now);
        var backUp = next.Queue is [var first, ..] && seen.Running != first.Request.Id && !(next.RetryAt > now) ? first.Request : null;
        if (backUp is not null) next = Begun(next, now) with { RetryAt = null };
        var drill = next.Drill is { } wanted && next.Queue.Count == 0 && seen.RunningDrill != wanted ? wanted : null;
        return new BackupTurn(next, backUp, drill, LookAgainAt(next, database, policy, now));
    }

    /// <summary>Puts a backup at the end of the queue.</summary>
    public static BackupState Asked(BackupState state, BackupRequest request, BackupCause cause, DateTimeOffset now) =>
        state with { Queue = [.. state.Queue, new QueuedBackup(request, cause, now)] };

    /// <summary>As the other, by a name of its own; of the generation that it is to archive, if it is for that.</summary>
    public static BackupState Asked(BackupState state, DatabaseId database, BackupType type, BackupCause cause, DateTimeOffset now, long? archive = null)
    {
        var number = state.Count + 1;
        return Asked(state with { Count = number }, new BackupRequest(BackupIds.Backup(database, number, archive), type), cause, now);
    }

    /// <summary>Wants a drill now, whatever the schedule says; of the generation that it is to archive, if it is for that.</summary>
    public static BackupState AskedToDrill(BackupState state, DatabaseId database, long? archive = null) => state with
    {
        DrillCount = state.DrillCount + 1,
        Drill = BackupIds.Drill(database, state.DrillCount + 1, archive),
    };

    /// <summary>Wants nothing any more. Who asked for a backup by hand is told that nobody waits for it, even if the backend just ends it.</summary>
    public static BackupState Abandoned(BackupState state, DateTimeOffset now) => Interrupted(state, now) with { Queue = [], RetryAt = null, Drill = null };

    /// <summary>As long as it is frozen none is taken: what is due by then comes when it serves again, and nobody waits for what was asked for by hand.</summary>
    public static BackupState Interrupted(BackupState state, DateTimeOffset now)
    {
        var reason = new StatusReason("superseded", "The database was deleted, frozen, or moved to a tier without backups, before this backup had ended.", now);
        var failed = state.Queue.Where(queued => queued.Cause == BackupCause.OnDemand).Select(queued => Ended(queued, reason, now));
        return state with
        {
            Queue = [.. state.Queue.Where(queued => queued.Cause != BackupCause.OnDemand)],
            Failed = [.. state.Failed.Concat(failed).TakeLast(EndedKept)],
        };
    }

    /// <summary>What is wrong with a database's backups, for its record; null when nothing is.</summary>
    public static StatusReason? Reason(BackupState state, BackupObservation? seen) =>
        seen?.ArchivingFailure
        ?? (state.LastFailure is { } failure ? failure with { Code = "backup-failed" } : null)
        ?? (state.LastDrill?.Failure is { } drill ? drill with { Code = "drill-failed" } : null)
        ?? state.LastDrill?.Warning;

    /// <summary>Takes in what the backend sees.</summary>
    public static BackupState Learned(BackupState state, BackupObservation seen, DateTimeOffset now)
    {
        if (state.Drill is { } drill && seen.LastDrill is { } result && result.Id == drill)
            state = state with { Drill = null, LastDrill = result, LastProof = result.Failure is null ? result : state.LastProof };
        if (state.Queue is not [var first, ..] || state.RetryAt is not null) return state;
        if (seen.LastEnded != first.Request.Id || seen.Running == first.Request.Id) return state;
        QueuedBackup[] rest = [.. state.Queue.Skip(1)];
        if (seen.LastFailure is { } failure) return Failed(state, first, rest, failure, now);
        var taken = first with { Request = first.Request with { Type = seen.LastEndedType ?? first.Request.Type } };
        return state with
        {
            Queue = rest,
            Failures = 0,
            LastFailure = null,
            LastSuccessfulAt = seen.LastSuccessfulAt ?? now,
            LastFullAt = taken.Request.Type == BackupType.Full ? taken.RequestedAt : state.LastFullAt,
            Succeeded = taken.Cause == BackupCause.OnDemand ? [.. state.Succeeded.TakeLast(EndedKept - 1), Ended(taken, null, now)] : state.Succeeded,
        };
    }

    // Who asked by hand is told so, and asks again; a scheduled one is wanted until it is there.
    private static BackupState Failed(BackupState state, QueuedBackup backup, IReadOnlyList<QueuedBackup> rest, StatusReason failure, DateTimeOffset now)
    {
        if (backup.Cause != BackupCause.OnDemand)
        {
            var failures = state.Failures + 1;
            return state with { LastFailure = failure, Failures = failures, RetryAt = now + RetryAfter(failures) };
        }

        return state with { Queue = rest, LastFailure = failure, Failures = 0, Failed = [.. state.Failed.TakeLast(EndedKept - 1), Ended(backup, failure, now)] };
    }

    private static BackupState Begun(BackupState state, DateTimeOffset now) =>
        state.Queue[0].BegunAt is null ? state with { Queue = [state.Queue[0] with { BegunAt = now }, .. state.Queue.Skip(1)] } : state;

    private static Backup Ended(QueuedBackup backup, StatusReason? failure, DateTimeOffset now) => new()
    {
        Id = backup.Request.Id,
        Type = backup.Request.Type,
        Status = failure is null ? BackupStatus.Succeeded : BackupStatus.Failed,
        StartedAt = backup.RequestedAt,
        BegunAt = backup.BegunAt,
        FinishedAt = now,
        Error = failure,
    };

    /// <summary>A clock that was ahead and was set right must not keep anything waiting until it gets there again.</summary>
    public static BackupState Sane(BackupState state, DateTimeOffset now) => state with
    {
        ScheduledUpTo = Earlier(state.ScheduledUpTo, now),
        DrilledUpTo = Earlier(state.DrilledUpTo, now),
        LastFullAt = Earlier(state.LastFullAt, now),
        RetryAt = Earlier(state.RetryAt, now + RetryAtLeastEvery),
        LastDrill = state.LastDrill is { } drill && drill.FinishedAt > now ? drill with { FinishedAt = now } : state.LastDrill,
    };

    private static BackupState Scheduled(BackupState state, DatabaseId database, BackupPolicy policy, DateTimeOffset now)
    {
        var isFirst = state.ScheduledUpTo is null;
        if (isFirst || BackupSchedule.Next(policy.Schedule, database, state.ScheduledUpTo!.Value) <= now)
        {
            // One waits already when the last could not be taken yet: however many ticks were missed, one backup makes up for them.
            state = state.Queue.Any(backup => backup.Cause == BackupCause.Scheduled) ? state : Asked(state, database, Type(state, policy, now), BackupCause.Scheduled, now);
            state = state with { ScheduledUpTo = now, DrilledUpTo = state.DrilledUpTo ?? now };
        }

        var drillDue = state.DrilledUpTo is { } drilled && BackupSchedule.Next(policy.Drill, database, drilled) <= now;
        var drillAgain = state.LastDrill is { } last && IsUneasy(last) && last.FinishedAt + DrillAgainAfter <= now;
        return state.Drill is null && state.LastSuccessfulAt is not null && (drillDue || drillAgain)
            ? AskedToDrill(state, database) with { DrilledUpTo = now }
            : state;
    }

    // What it told is over when one tells of nothing.
    private static bool IsUneasy(DrillResult drill) => drill.Failure is not null || drill.Warning is not null;

    private static BackupType Type(BackupState state, BackupPolicy policy, DateTimeOffset now) =>
        state.LastFullAt is { } full && now < full.AddDays(policy.FullEveryDays) ? BackupType.Incremental : BackupType.Full;

    private static DateTimeOffset LookAgainAt(BackupState state, DatabaseId database, BackupPolicy policy, DateTimeOffset now)
    {
        var soonest = BackupSchedule.Next(policy.Schedule, database, state.ScheduledUpTo!.Value);
        if (state.RetryAt is { } retry) soonest = Soonest(soonest, retry);

        // A drill that is wanted already, or has nothing to restore, is not waited for.
        if (state is { Drill: null, LastSuccessfulAt: not null })
        {
            if (state.DrilledUpTo is { } drilled) soonest = Soonest(soonest, BackupSchedule.Next(policy.Drill, database, drilled));
            if (state.LastDrill is { } last && IsUneasy(last)) soonest = Soonest(soonest, last.FinishedAt + DrillAgainAfter);
        }

        var next = now + LeastWait;
        return soonest > next ? soonest : next;
    }

    private static TimeSpan RetryAfter(int failures)
    {
        // 2^10 times the first wait is over four hours, so a higher power changes nothing.
        var wait = FirstRetryAfter * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        return wait < RetryAtLeastEvery ? wait : RetryAtLeastEvery;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset other) => one > other ? other : one;

    private static DateTimeOffset Soonest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
