using OrleansDaap.Backups;
using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.UnitTests.Backups;

public sealed class BackupScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_thousand_hourly_backups_are_spread_over_ten_minutes()
    {
        var seconds = Enumerable.Range(0, 1000).Select(i => Next("0 * * * *", Start.AddMilliseconds(i))).GroupBy(at => at).Select(group => group.Count()).ToList();

        Assert.InRange(seconds.Max(), 1, 10);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.InRange(Next("0 * * * *", Start.AddMilliseconds(i)), Start.AddHours(1), Start.AddHours(1).AddMinutes(10)));
    }

    [Fact]
    public void The_turns_of_one_database_keep_the_distance_of_the_ticks()
    {
        var id = DatabaseId.New(Start);
        var first = BackupSchedule.Next("*/15 * * * *", id, Start);

        Assert.Equal(first.AddMinutes(15), BackupSchedule.Next("*/15 * * * *", id, first));
    }

    [Fact]
    public void Even_a_backup_every_minute_has_its_turn_before_the_next_tick() =>
        Assert.All(Enumerable.Range(0, 100), i => Assert.InRange(Next("* * * * *", Start.AddMilliseconds(i)), Start.AddMinutes(1), Start.AddMinutes(1.5)));

    private static DateTimeOffset Next(string cron, DateTimeOffset born) => BackupSchedule.Next(cron, DatabaseId.New(born), Start);
}
