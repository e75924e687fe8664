using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.LocalPostgres;

public sealed class OverdueBackupsTests
{
    private const int RetentionDays = 7;
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A full backup each day, of which the one of eight days ago is too old: the one of seven days ago restores to what follows it.</summary>
    private static readonly BackupSet[] Daily = [.. Enumerable.Range(0, 9).Reverse().SelectMany(days => new[] { Set(days, BackupType.Full), Set(days, BackupType.Incremental) })];

    [Fact]
    public void A_backup_goes_an_hour_after_it_was_found_too_old_and_not_before()
    {
        var seen = OverdueBackups.None.Next(Daily, RetentionDays, Now);
        Assert.Equal("full-8", Assert.Single(seen.Since).Key);
        Assert.Equal(9, seen.Kept(Daily, Now + OverdueBackups.Grace - TimeSpan.FromSeconds(1)));

        var later = OverdueBackups.Parse(seen.Text).Next(Daily, RetentionDays, Now + OverdueBackups.Grace);
        Assert.Equal(seen.Text, later.Text);
        Assert.Equal(8, later.Kept(Daily, Now + OverdueBackups.Grace));
    }

    [Fact]
    public void A_clock_that_leaps_ahead_costs_none_when_it_is_set_right_within_an_hour()
    {
        var leapt = Now.AddDays(30);
        var seen = OverdueBackups.None.Next(Daily, RetentionDays, Now).Next(Daily, RetentionDays, leapt);
        Assert.Equal(8, seen.Since.Count);
        // Only the one that was too old before the leap.
        Assert.Equal(8, seen.Kept(Daily, leapt.AddMinutes(59)));

        var right = seen.Next(Daily, RetentionDays, Now.AddMinutes(59));
        Assert.Equal(9, right.Kept(Daily, Now.AddMinutes(59)));
        Assert.Equal("full-8", Assert.Single(right.Since).Key);
        Assert.Equal(1, seen.Kept(Daily, leapt.AddHours(1)));
    }

    [Fact]
    public void A_time_that_is_still_to_come_counts_from_now()
    {
        var ahead = new OverdueBackups(new Dictionary<string, DateTimeOffset> { ["full-8"] = Now.AddDays(1) });

        Assert.Equal(Now, Assert.Single(ahead.Next(Daily, RetentionDays, Now).Since).Value);
    }

    [Fact]
    public void The_only_backup_stays_however_old_it_is()
    {
        BackupSet[] one = [Set(100, BackupType.Full)];

        Assert.Empty(OverdueBackups.None.Next(one, RetentionDays, Now).Since);
        Assert.Empty(OverdueBackups.None.Next([], RetentionDays, Now).Since);
    }

    private static BackupSet Set(int days, BackupType type)
    {
        var ended = Now.AddDays(-days);
        return new BackupSet($"{(type == BackupType.Full ? "full" : "incr")}-{days}", null, type, ended.AddMinutes(-1), ended, 1, "1", "1", null);
    }
}
