using System.Threading.Channels;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class TimerTests : SiloFixture
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Channel<DateTimeOffset> _ticks = Channel.CreateUnbounded<DateTimeOffset>();

    [Fact]
    public async Task A_timer_ticks_when_due_and_a_period_after_each_tick_has_ended()
    {
        var start = Clock.GetUtcNow();
        Stage.OnTick = async (_, _) =>
        {
            await Stage.ArriveAsync("tick", CancellationToken.None);
            await NoteTick();
        };
        await Probe("a").StartTimerAsync(Second, 10 * Second, interleave: false, keepAlive: false);
        Clock.Advance(Second);
        await Stage.Reached("tick");
        Clock.Advance(25 * Second);
        Stage.Open("tick");
        Assert.Equal(start + (26 * Second), await NextTick());
        await Armed(10 * Second);
        Clock.Advance(9 * Second);
        Assert.False(_ticks.Reader.TryPeek(out _));
        Clock.Advance(Second);
        Assert.Equal(start + (36 * Second), await NextTick());
    }

    [Fact]
    public async Task A_tick_waits_for_its_turn_like_a_call()
    {
        Stage.OnTick = (_, _) => NoteTick();
        await Probe("a").StartTimerAsync(Second, Timeout.InfiniteTimeSpan, interleave: false, keepAlive: false);
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        Clock.Advance(Second);
        await Interleaved();
        Assert.False(_ticks.Reader.TryPeek(out _));
        Stage.Open("busy");
        await busy;
        await NextTick();
    }

    [Fact]
    public async Task An_interleaving_tick_runs_beside_a_busy_call()
    {
        Stage.OnTick = (_, _) => NoteTick();
        await Probe("a").StartTimerAsync(Second, Timeout.InfiniteTimeSpan, interleave: true, keepAlive: false);
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        Clock.Advance(Second);
        await NextTick();
        Stage.Open("busy");
        await busy;
    }

    [Fact]
    public async Task A_failed_tick_does_not_stop_the_timer()
    {
        Stage.OnTick = async (_, _) =>
        {
            await NoteTick();
            throw new FormatException("tick");
        };
        await Probe("a").StartTimerAsync(Second, Second, interleave: false, keepAlive: false);
        for (var i = 0; i < 3; i++)
        {
            await TickAfter(Second);
        }
    }

    [Fact]
    public async Task A_change_during_a_tick_takes_effect_when_the_tick_has_ended()
    {
        Stage.OnTick = async (_, _) =>
        {
            await Stage.ArriveAsync("tick", CancellationToken.None);
            await NoteTick();
        };
        await Probe("a").StartTimerAsync(Second, Second, interleave: false, keepAlive: false);
        Clock.Advance(Second);
        await Stage.Reached("tick");
        await Probe("a").ChangeTimerAsync(7 * Second, 3 * Second);
        Assert.False(Clock.HasTimerDueIn(7 * Second));
        Stage.Open("tick");
        await NextTick();
        await TickAfter(7 * Second);
        await TickAfter(3 * Second);
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        Stage.OnTick = (_, _) => NoteTick();
        await Probe("a").StartTimerAsync(Second, Second, interleave: false, keepAlive: false);
        await Probe("a").StopTimerAsync();
        Clock.Advance(10 * Second);
        await Probe("a").InstanceAsync();
        Assert.False(_ticks.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task A_timer_dies_with_its_activation_and_its_tick_is_told()
    {
        var token = new TaskCompletionSource<CancellationToken>();
        Stage.OnTick = (_, cancellationToken) =>
        {
            token.TrySetResult(cancellationToken);
            return NoteTick();
        };
        await Probe("a").StartTimerAsync(Second, Second, interleave: false, keepAlive: false);
        await TickAfter(Second);
        Stage.Open("leaving");
        await Probe("a").LeaveAsync("leaving");
        Assert.Equal(2, await Probe("a").InstanceAsync());
        Assert.True((await token.Task).IsCancellationRequested);
        Clock.Advance(10 * Second);
        await Probe("a").InstanceAsync();
        Assert.False(_ticks.Reader.TryPeek(out _));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Ticks_keep_a_grain_alive_only_if_they_are_meant_to(bool keepAlive, int instance)
    {
        Stage.OnTick = (_, _) => NoteTick();
        await Probe("a").StartTimerAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), interleave: false, keepAlive);
        foreach (var _ in Enumerable.Range(0, keepAlive ? 4 : 2))
        {
            await Armed(TimeSpan.FromMinutes(2));
            Clock.Advance(TimeSpan.FromMinutes(2));
            await NextTick();
        }

        await Armed(TimeSpan.FromMinutes(2));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(instance, await Probe("a").InstanceAsync());
    }

    protected override void Configure(TestSilo silo) =>
        silo.With(builder => builder.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(5)));

    private Task NoteTick() => _ticks.Writer.WriteAsync(Clock.GetUtcNow()).AsTask();

    private Task<DateTimeOffset> NextTick() => _ticks.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private async Task TickAfter(TimeSpan due)
    {
        await Armed(due);
        Clock.Advance(due);
        await NextTick();
    }

    private Task Armed(TimeSpan due) => Grains.Stage.Until(() => Clock.HasTimerDueIn(due));

    /// <summary>Whatever could start beside the busy call has started when this one has run.</summary>
    private async Task Interleaved()
    {
        Stage.Open("peek");
        await Probe("a").PeekAsync("peek");
    }
}
