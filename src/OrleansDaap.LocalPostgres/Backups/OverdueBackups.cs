using System.Globalization;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// The full backups of a database that its retention needs no more, and since when each of them was found to be so. One look at a clock does
/// not decide what cannot be undone: it has to be over for a while, in which a clock that jumped is set right. Pure.
/// </summary>
/// <param name="Since">By pgBackRest's labels.</param>
internal sealed record OverdueBackups(IReadOnlyDictionary<string, DateTimeOffset> Since)
{
    public static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    public static readonly OverdueBackups None = new(new Dictionary<string, DateTimeOffset>());

    public string Text => string.Concat(Since.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:O}\n")));

    public static OverdueBackups Parse(string text) => new(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(
        parts => parts[0], parts => DateTimeOffset.Parse(parts[1], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)));

    /// <summary>What one more look tells. A backup that is old enough restores to every moment since it ended, so that those before it are not needed.</summary>
    public OverdueBackups Next(IReadOnlyList<BackupSet> sets, int retentionDays, DateTimeOffset now)
    {
        var fulls = Fulls(sets);
        var needed = fulls.FindLastIndex(set => set.FinishedAt <= now.AddDays(-retentionDays));
        return new OverdueBackups(fulls.Take(Math.Max(needed, 0)).ToDictionary(
            set => set.Label, set => Since.TryGetValue(set.Label, out var since) && since <= now ? since : now));
    }

    /// <summary>How many of the newest full backups stay now.</summary>
    public int Kept(IReadOnlyList<BackupSet> sets, DateTimeOffset now)
    {
        var fulls = Fulls(sets);
        return fulls.Count - fulls.TakeWhile(set => Since.TryGetValue(set.Label, out var since) && now - since >= Grace).Count();
    }

    private static List<BackupSet> Fulls(IReadOnlyList<BackupSet> sets) => [.. sets.Where(set => set.Type == BackupType.Full)];
}
