using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>How long a restore is waited for, and how one that cannot succeed is undone. Pure.</summary>
internal static class RestorePlan
{
    /// <summary>Copying takes its time: a terabyte at 100 MB a second takes three hours.</summary>
    public static readonly TimeSpan LongestCopy = TimeSpan.FromHours(24);

    /// <summary>It is, or waits to be, made of another's backups; one that is being removed is not.</summary>
    public static bool IsRestoring(DatabaseState state) => state is { RestoredFrom: not null, ReadyAt: null, Wanted: not WantedCluster.Gone };

    /// <summary>A restore that failed and cannot come to an end any more, or has failed for long enough: how long it copied before does not count.</summary>
    public static bool IsOver(DatabaseState state, StatusReason? reason, DateTimeOffset now, DatabaseOptions options) =>
        IsRestoring(state) && (reason?.Code == "restore-source-gone" || now - state.FailingSince > options.RestoreGivesUpAfter);

    /// <summary>A restore that was told to take longer than any copy does, and still does not end. One look at a clock does not decide that.</summary>
    public static bool IsStuck(DatabaseState state, DateTimeOffset now, DatabaseOptions options) =>
        IsRestoring(state) && state.StatusReason is { Code: "deadline-exceeded" } told && now - told.Since > options.RestoreGivesUpAfter;

    /// <summary>Undoes a restore: the half-made cluster goes, the quota place is given back, and the operation says why.</summary>
    public static (DatabaseStep Step, DatabaseState Next) GivenUp(DatabaseState state, StatusReason reason, DateTimeOffset now) =>
        (new DatabaseStep.Destroy(KeepBackups: false), state.ChangedAt(now) with
        {
            Wanted = WantedCluster.Gone,
            Generation = state.Generation + 1,
            WantedSince = now,
            Status = DatabaseStatus.Error,
            StatusReason = reason,
            Settled = false,
            Failures = 0,
            FailingSince = null,
            RetryAt = null,
            Operations = OperationLog.Failed(state.Operations, reason, now),
        });
}
