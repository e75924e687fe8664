using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.UnitTests.Testing;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();
    private readonly List<(string Name, double Second)> _fired = [];

    [Fact]
    public void Timers_fire_in_the_order_they_are_due_each_at_its_own_time()
    {
        using var late = Timer("late", 5, -1);
        using var often = Timer("often", 2, 2);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal([("often", 2), ("often", 4), ("late", 5), ("often", 6)], _fired);
    }

    [Fact]
    public void A_disposed_or_stopped_timer_does_not_fire()
    {
        Timer("disposed", 1, 1).Dispose();
        using var stopped = Timer("stopped", 1, 1);
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_fired);
    }

    [Fact]
    public void A_timer_that_is_set_by_another_fires_within_the_same_advance()
    {
        using var first = _clock.CreateTimer(_ => Timer("second", 1, -1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([("second", 2)], _fired);
    }

    [Fact]
    public void Setting_the_wall_clock_lets_no_time_pass()
    {
        using var timer = Timer("timer", 1, -1);
        var before = _clock.GetTimestamp();
        _clock.SetUtcNow(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(before, _clock.GetTimestamp());
        Assert.Empty(_fired);
        Assert.Equal(2030, _clock.GetUtcNow().Year);
    }

    [Fact]
    public async Task Delays_end_when_their_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(10), _clock);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await delay;
    }

    private ITimer Timer(string name, int due, int period)
    {
        var start = new ManualClock().GetUtcNow();
        return _clock.CreateTimer(
            _ => _fired.Add((name, (_clock.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(due),
            period < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
    }
}
