using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class ActivationTests : SiloFixture
{
    [Fact]
    public async Task A_grain_is_activated_once_and_stays()
    {
        Assert.Equal(1, await Probe("a").InstanceAsync());
        Assert.Equal(1, await Probe("a").InstanceAsync());
        Assert.Equal(2, await Probe("b").InstanceAsync());
    }

    [Fact]
    public async Task A_failed_activation_fails_the_waiting_calls_and_the_next_call_tries_anew()
    {
        Stage.OnActivate = async (_, _) =>
        {
            await Stage.ArriveAsync("activating", CancellationToken.None);
            throw new FormatException("not today");
        };
        Task<int>[] waiting = [Probe("a").InstanceAsync(), Probe("a").InstanceAsync()];
        await Stage.Reached("activating");
        Stage.Open("activating");
        foreach (var call in waiting)
        {
            Assert.Equal("not today", (await Assert.ThrowsAsync<FormatException>(() => call)).Message);
        }

        Stage.OnActivate = (_, _) => Task.CompletedTask;
        Assert.Equal(2, await Probe("a").InstanceAsync());
    }

    [Fact]
    public async Task An_activation_that_takes_too_long_is_given_up()
    {
        Stage.OnActivate = (_, cancellationToken) => Stage.ArriveAsync("activating", cancellationToken);
        var call = Probe("a").InstanceAsync();
        await Stage.Reached("activating");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Stage.Open("activating");
        Assert.Equal(2, await Probe("a").InstanceAsync());
    }

    [Fact]
    public async Task A_grain_that_asked_to_leave_finishes_its_call_and_the_next_call_meets_a_new_one()
    {
        var leaving = Probe("a").LeaveAsync("leaving");
        await Stage.Reached("leaving");
        var next = Probe("a").InstanceAsync();
        Assert.False(next.IsCompleted);
        Stage.Open("leaving");
        await leaving;
        Assert.Equal(2, await next);
        Assert.Contains("deactivated a 1 ApplicationRequested", Stage.Log);
    }

    [Fact]
    public async Task A_new_activation_starts_only_when_the_old_one_has_ended()
    {
        await Probe("other").InstanceAsync();
        Stage.OnDeactivate = (_, _) => Stage.ArriveAsync("deactivating", CancellationToken.None);
        Stage.Open("leaving");
        await Probe("a").LeaveAsync("leaving");
        await Stage.Reached("deactivating");
        var next = Probe("a").InstanceAsync();
        for (var i = 0; i < 100; i++)
        {
            // Time enough for an activation that does not wait.
            await Probe("other").InstanceAsync();
        }

        Assert.False(Stage.HasReached("activated a 3"));
        Stage.Open("deactivating");
        Assert.Equal(3, await next);
        Assert.True(Index("deactivated a 2 ApplicationRequested") < Index("activated a 3"));
    }

    [Fact]
    public async Task A_deactivation_that_takes_too_long_is_given_up()
    {
        Stage.OnDeactivate = (_, _) => Stage.ArriveAsync("deactivating", CancellationToken.None);
        Stage.Open("leaving");
        await Probe("a").LeaveAsync("leaving");
        await Stage.Reached("deactivating");
        var next = Probe("a").InstanceAsync();
        Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task A_leaving_grain_still_takes_what_its_running_call_waits_for()
    {
        var relay = Probe("a").DoThenRelayInterleavingAsync("before", ["b", "a"]);
        await Stage.Reached("before");
        await Probe("a").LeaveInterleavingAsync();
        Stage.Open("before");
        await relay;
        Assert.Equal(3, await Probe("a").InstanceAsync());
    }

    [Fact]
    public async Task An_idle_grain_is_deactivated_and_a_used_one_is_not()
    {
        await Probe("idle").InstanceAsync();
        await Probe("used").InstanceAsync();
        Clock.Advance(TimeSpan.FromMinutes(3));
        await Probe("used").InstanceAsync();
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Stage.Reached("deactivated idle 1 ActivationIdle");
        Assert.Equal(2, await Probe("used").InstanceAsync());
        Assert.Equal(3, await Probe("idle").InstanceAsync());
    }

    [Fact]
    public async Task A_busy_grain_is_not_idle()
    {
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        Clock.Advance(TimeSpan.FromMinutes(30));
        Stage.Open("busy");
        await Assert.ThrowsAsync<TimeoutException>(() => busy);
        Assert.Equal(1, await Probe("a").InstanceAsync());
    }

    [Fact]
    public async Task Stopping_the_silo_lets_running_calls_finish_and_deactivates_all()
    {
        var busy = Probe("a").DoAsync("busy");
        await Probe("b").InstanceAsync();
        await Stage.Reached("busy");
        var stop = Silo.StopAsync();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Probe("b").InstanceAsync());
        Assert.False(stop.IsCompleted);
        Stage.Open("busy");
        await busy;
        await stop;
        Assert.Contains(Stage.Log, line => line.StartsWith("deactivated a", StringComparison.Ordinal) && line.EndsWith("ShuttingDown", StringComparison.Ordinal));
        Assert.Contains(Stage.Log, line => line.StartsWith("deactivated b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_running_call_may_call_other_grains_while_the_silo_stops()
    {
        var busy = Probe("a").DoThenRelayAsync("busy", ["b"]);
        await Stage.Reached("busy");
        var stop = Silo.StopAsync();
        Stage.Open("busy");
        await busy;
        await stop;
    }

    [Fact]
    public async Task Stopping_the_silo_does_not_wait_for_ever()
    {
        var stuck = Probe("a").DoAsync("stuck");
        await Stage.Reached("stuck");
        var stop = Silo.StopAsync();
        await AdvanceUntil(stop, TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<Exception>(() => stuck);
    }

    protected override void Configure(TestSilo silo) =>
        silo.With(builder => builder.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionAge = TimeSpan.FromMinutes(5);
            options.ActivationTimeout = TimeSpan.FromSeconds(10);
            options.DeactivationTimeout = TimeSpan.FromSeconds(20);
        }));

    private int Index(string line) => Stage.Log.ToList().IndexOf(line);
}
