using Orleans;
using OrleansDaap.EmbeddedSilo.Reminders;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class ReminderScheduleTests
{
    private static readonly DateTime First = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly ReminderEntry Entry = new() { StartAt = DateTime.SpecifyKind(First, DateTimeKind.Unspecified), Period = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData(-100, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 300)]
    [InlineData(299, 300)]
    [InlineData(300, 300)]
    [InlineData(301, 600)]
    public void The_next_tick_is_the_first_or_whole_periods_after_it(int now, int next) =>
        Assert.Equal(First.AddSeconds(next), ReminderSchedule.NextTick(Entry, First.AddSeconds(now)));

    [Theory]
    [InlineData(0, 0, 300)]
    [InlineData(300, 300, 600)]
    [InlineData(300, 299, 600)]
    [InlineData(300, 1000, 1200)]
    public void The_tick_after_another_is_later_and_leaves_missed_ones_out(int previous, int now, int next) =>
        Assert.Equal(First.AddSeconds(next), ReminderSchedule.FollowingTick(Entry, First.AddSeconds(previous), First.AddSeconds(now)));

    [Fact]
    public void A_tick_beyond_the_calendar_is_never()
    {
        var entry = new ReminderEntry { StartAt = First, Period = TimeSpan.MaxValue };
        Assert.Equal(DateTime.MaxValue, ReminderSchedule.NextTick(entry, First.AddDays(1)));
    }
}
