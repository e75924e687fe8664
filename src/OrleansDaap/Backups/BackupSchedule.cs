using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.Backups;

/// <summary>When a cron schedule comes for one database. Pure.</summary>
internal static class BackupSchedule
{
    /// <summary>A thousand databases of one hourly schedule begin within this time, not within one second.</summary>
    private static readonly TimeSpan MostSpread = TimeSpan.FromMinutes(10);

    /// <summary>The first moment after the given one at which this database's turn comes.</summary>
    public static DateTimeOffset Next(string cron, DatabaseId database, DateTimeOffset after)
    {
        var schedule = CronSchedule.Parse(cron).Schedule ?? throw new ArgumentException($"\"{cron}\" is no schedule.", nameof(cron));
        var tick = schedule.Next(after);
        return tick + Jitter(database, schedule.Next(tick) - tick);
    }

    /// <summary>
    /// Always the same for one database, so that its ticks keep their distance; at most half of that, so that a turn has come before the
    /// next tick.
    /// </summary>
    private static TimeSpan Jitter(DatabaseId database, TimeSpan distance)
    {
        var most = distance / 2 < MostSpread ? distance / 2 : MostSpread;
        return TimeSpan.FromSeconds(Math.Floor(most.TotalSeconds * Share(database)));
    }

    /// <summary>From 0 to below 1, evenly: FNV-1a, for string's own hash differs from process to process.</summary>
    private static double Share(DatabaseId database)
    {
        var hash = 2166136261u;
        foreach (var letter in database.Value)
        {
            hash = unchecked((hash ^ letter) * 16777619u);
        }

        return hash / (uint.MaxValue + 1.0);
    }
}
