using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Tiers;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("0 * * * *")]
    [InlineData("*/5 0-23/2 1,15 * *")]
    [InlineData("30 4 * jan-mar,DEC mon-fri")]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 31 2 mon")]
    [InlineData("5/10  *  *  *  7")]
    public void A_schedule_of_five_fields_is_taken(string text) => Assert.Null(CronSchedule.Mistake(text));

    [Theory]
    [InlineData("")]
    [InlineData("@hourly")]
    [InlineData("0 * * *")]
    [InlineData("0 0 * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("0 24 * * *")]
    [InlineData("0 0 0 * *")]
    [InlineData("0 0 32 * *")]
    [InlineData("0 0 * 13 *")]
    [InlineData("0 0 * 0 *")]
    [InlineData("0 0 * * 8")]
    [InlineData("0 0 * * monday")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/60 * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("1- * * * *")]
    [InlineData(", * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("+1 * * * *")]
    [InlineData("1.5 * * * *")]
    [InlineData("99999999999 * * * *")]
    public void Anything_else_is_refused(string text) => Assert.NotNull(CronSchedule.Mistake(text));

    [Theory]
    [InlineData("0 0 31 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData("0 0 30-31 feb *")]
    public void A_day_that_never_comes_is_refused(string text) =>
        Assert.StartsWith("never comes", CronSchedule.Mistake(text), StringComparison.Ordinal);

    [Fact]
    public void The_wrong_field_is_named() =>
        Assert.StartsWith("has no valid hour: it goes from 0 to 23", CronSchedule.Mistake("0 24 * * *"), StringComparison.Ordinal);

    [Fact]
    public void Each_value_has_its_bit()
    {
        var (schedule, _) = CronSchedule.Parse("1,3-5,10-20/5 */12 1 jan sun,2");
        Assert.Equal(Bits(1, 3, 4, 5, 10, 15, 20), schedule!.Minutes);
        Assert.Equal(Bits(0, 12), schedule.Hours);
        Assert.Equal(Bits(1), schedule.DaysOfMonth);
        Assert.Equal(Bits(1), schedule.Months);
        Assert.Equal(Bits(0, 2), schedule.DaysOfWeek);
    }

    [Fact]
    public void Sunday_is_0_and_7() =>
        Assert.Equal(CronSchedule.Parse("0 0 * * 0").Schedule, CronSchedule.Parse("0 0 * * 7").Schedule);

    [Theory]
    [InlineData("0 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z")]
    [InlineData("0 * * * *", "2026-01-01T00:59:59.999Z", "2026-01-01T01:00:00Z")]
    [InlineData("30 4 * * *", "2026-12-31T04:30:00Z", "2027-01-01T04:30:00Z")]
    [InlineData("15,45 9-17/4 * * mon-fri", "2026-01-02T17:45:00Z", "2026-01-05T09:15:00Z")]
    [InlineData("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 13 * fri", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("0 0 1 */2 *", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z")]
    public void The_next_time_is_the_first_after_a_moment(string text, string after, string next) =>
        Assert.Equal(At(next), CronSchedule.Parse(text).Schedule!.Next(At(after)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static ulong Bits(params int[] values) => values.Aggregate(0UL, (bits, value) => bits | (1UL << value));
}
