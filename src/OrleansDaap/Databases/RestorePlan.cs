using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>How long a restore is waited for, and how one that cannot succeed is undone. Pure.</summary>
internal static class RestorePlan
{
    /// <summary>Copying takes its time: a terabyte at 100 MB a second takes three hours.</summary>
    public static readonly TimeSpan LongestCopy = TimeSpan.FromHours(24);

    /// <summary>An attempt that was at work for so long has got somewhere: what had failed before it is no failure in a row with what fails after it.</summary>
    private static readonly TimeSpan Headway = TimeSpan.FromHours(1);

    /// <summary>It is, or waits to be, made of another's backups; one that is being removed is not.</summary>
    public static bool IsRestoring(DatabaseState state) => state is { RestoredFrom: not null, ReadyAt: null, Wanted: not WantedCluster.Gone };

    /// <summary>
    /// A restore that failed and cannot come to an end any more, or that has failed in a row for long enough, counted to the beginning of the
    /// last attempt: neither how long it copied nor how long nobody tried it decides.
    /// </summary>
    public static bool IsOver(DatabaseState state, StatusReason? reason, DatabaseOptions options) =>
        IsRestoring(state) && (reason?.Code == "restore-source-gone" || state.WantedSince - state.FailingSince > options.RestoreGivesUpAfter);

    /// <summary>
    /// Without the failures before the present attempt, once that has got somewhere. A restore that is older than any copy takes keeps them:
    /// one that fails at the end of each copy has to end too.
    /// </summary>
    public static DatabaseState Recovered(DatabaseState state, ClusterPhase phase, DateTimeOffset now)
    {
        // One that has failed already only waits for the next attempt.
        var isAtWork = phase == ClusterPhase.Progressing || (phase == ClusterPhase.Failed && state.RetryAt is null);
        return isAtWork && IsRestoring(state) && state.FailingSince is not null && now - state.WantedSince > Headway && now - state.CreatedAt < LongestCopy
            ? state with { Failures = 0, FailingSince = null, RetryAt = null }
            : state;
    }

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
