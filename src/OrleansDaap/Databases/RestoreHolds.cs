using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>
/// The restores that a database knows of, from before they are accepted until they are over: so long its backups stay. Each tells of
/// itself once; whether it is over the source asks, so that no crash of either leaves one behind. Pure.
/// </summary>
internal static class RestoreHolds
{
    /// <summary>Between the question and the record of a restore lie two or three calls, each of which fails after half a minute.</summary>
    private static readonly TimeSpan Unborn = TimeSpan.FromMinutes(10);

    public static DatabaseState Held(DatabaseState source, DatabaseId restore, DateTimeOffset now) => source with
    {
        Restores = [.. (source.Restores ?? []).Where(hold => hold.Database != restore), new RestoreHold(restore, now)],
    };

    /// <summary>Without one that is not to be; null when it knows nothing of that.</summary>
    public static DatabaseState? Without(DatabaseState source, DatabaseId restore) => source.Restores?.Any(hold => hold.Database == restore) != true ? null
        : source with { Restores = source.Restores.Where(hold => hold.Database != restore).ToArray() is { Length: > 0 } left ? left : null };

    /// <summary>Without those that are over, undone, or never came to be.</summary>
    /// <param name="source">Whose backups.</param>
    /// <param name="restores">The records of those that it knows of, in order; null where there is none.</param>
    /// <param name="now">The time.</param>
    public static DatabaseState Present(DatabaseState source, IReadOnlyList<DatabaseState?> restores, DateTimeOffset now)
    {
        RestoreHold[] left = [.. (source.Restores ?? []).Zip(restores).Where(one => Reads(one.First, one.Second, now)).Select(one => one.First)];
        return left.Length == restores.Count ? source : source with { Restores = left.Length > 0 ? left : null };
    }

    /// <summary>Why the backups cannot be removed yet; null when they can.</summary>
    public static StatusReason? Reason(DatabaseState source, DateTimeOffset now) => source.Restores is not { } holds ? null : new StatusReason(
        "purge-waits",
        $"Its backups are being restored from, and are removed when that is over: {string.Join(", ", holds.Select(hold => hold.Database))}. Wait for that, or delete what is being restored.",
        now);

    private static bool Reads(RestoreHold hold, DatabaseState? restore, DateTimeOffset now) =>
        restore is null ? (now - hold.Since).Duration() < Unborn : RestorePlan.IsRestoring(restore) && restore.Wanted == WantedCluster.Running;
}
