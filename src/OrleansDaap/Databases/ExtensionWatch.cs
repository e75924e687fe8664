using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>
/// When a database's extensions are looked for, and what its record says then. Pure. Databases that nobody uses are looked into as often as
/// others; so that they are not written as often, an observation that brings nothing new is written down only now and then.
/// </summary>
internal static class ExtensionWatch
{
    /// <summary>Of so many looks that find nothing new, one is written down.</summary>
    private const int LooksPerRecord = 6;

    /// <param name="state">The database as it was saved.</param>
    /// <param name="looked">When the caller last looked, as far as it remembers.</param>
    /// <param name="scheduled">
    /// The wake-up is the database's own reminder. Reminders are spread over time; the events that wake all databases of a starting server are
    /// not, and so only make those be looked into that never were.
    /// </param>
    /// <param name="now">The time.</param>
    /// <param name="options">How often.</param>
    public static bool IsDue(DatabaseState state, DateTimeOffset? looked, bool scheduled, DateTimeOffset now, DatabaseOptions options)
    {
        if (state is not { Status: DatabaseStatus.Ready, Wanted: WantedCluster.Running, Settled: true })
        {
            return false;
        }

        return state.ExtensionsObservedAt is not { } observed
            || (scheduled && IsOver(looked is { } last && last > observed ? last : observed, options.ObserveExtensionsEvery, now, options));
    }

    /// <summary>The same state when there is nothing to write down.</summary>
    public static DatabaseState Seen(DatabaseState state, IReadOnlyList<PostgresExtension> seen, DateTimeOffset now, DatabaseOptions options)
    {
        if (state.ExtensionsObservedAt is { } observed && seen.SequenceEqual(state.Extensions))
        {
            return IsOver(observed, LooksPerRecord * options.ObserveExtensionsEvery, now, options) ? state with { ExtensionsObservedAt = now } : state;
        }

        return state.ChangedAt(now) with { Extensions = seen, ExtensionsObservedAt = now };
    }

    // The wake-up nearest to the time counts: one that came a moment early would else put it off by a whole period.
    private static bool IsOver(DateTimeOffset since, TimeSpan time, DateTimeOffset now, DatabaseOptions options) =>
        now - since >= time - (options.ReconcileEvery / 2);
}
