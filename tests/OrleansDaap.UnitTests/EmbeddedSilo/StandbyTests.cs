using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Testing;
using OrleansDaap.UnitTests.EmbeddedSilo.Grains;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class StandbyTests : SiloFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ManualLease _lease = new();
    private Func<Task> _startup = () => Task.CompletedTask;

    [Fact]
    public async Task A_node_without_the_lease_stands_by_and_refuses_calls()
    {
        Assert.Equal(SiloPhase.Standby, Silo.Status.Phase);
        await Assert.ThrowsAsync<SiloUnavailableException>(Probe("a").InstanceAsync);
    }

    [Fact]
    public async Task A_node_that_gets_the_lease_takes_over_with_its_token()
    {
        await TakeOver();
        Assert.Equal(1, Silo.Status.FencingToken);
        Assert.Equal(1, await Probe("a").InstanceAsync());
        Assert.Contains("startup", Stage.Log);
    }

    [Fact]
    public async Task Losing_the_lease_fails_running_calls_and_drops_all_grains_at_once()
    {
        await TakeOver();
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        var waiting = Probe("a").InstanceAsync();
        _lease.Held!.Lose();

        // No waiting here: whoever lost the lease must have stopped before anything else happens.
        Assert.Equal(SiloPhase.Standby, Silo.Status.Phase);
        Assert.True(busy.IsFaulted);
        Assert.True(waiting.IsFaulted);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => busy);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting);
        await Assert.ThrowsAsync<SiloUnavailableException>(Probe("b").InstanceAsync);
        Assert.DoesNotContain(Stage.Log, line => line.StartsWith("deactivated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grain_of_a_lost_tenure_cannot_write_even_when_the_lease_is_back()
    {
        await TakeOver();
        var adding = Account("a").AddAfterAsync("pause", 5);
        await Stage.Reached("pause");
        _lease.Held!.Lose();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => adding);
        await TakeOver();
        Stage.Open("pause");
        Assert.Equal(0, await Account("a").BalanceAsync());
        await Grains.Stage.Until(() => Stage.Log.Contains("out pause"));
        Assert.Equal(1, await Account("a").AddAsync(1));
        Assert.Equal(1, Silo.Storage.Writes);
    }

    [Fact]
    public async Task A_grain_of_a_lost_tenure_cannot_call_others_even_when_the_lease_is_back()
    {
        await TakeOver();
        var relay = Probe("a").DoThenRelayAsync("pause", ["b"]);
        await Stage.Reached("pause");
        _lease.Held!.Lose();
        await TakeOver();
        Stage.Open("pause");
        await Assert.ThrowsAsync<SiloUnavailableException>(() => relay);
        await Stage.Reached("failure of pause");
        Assert.DoesNotContain(Stage.Log, line => line.StartsWith("activated b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Timers_and_reminders_of_a_lost_tenure_tick_no_more_and_reminders_come_back_with_the_lease()
    {
        var minute = TimeSpan.FromMinutes(1);
        var ticked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Stage.OnTick = (name, _) =>
        {
            ticked.TrySetResult(name);
            return Task.CompletedTask;
        };
        await TakeOver();
        await Probe("a").StartTimerAsync(minute, minute, interleave: false, keepAlive: false);
        await Probe("a").RemindAsync("r", minute, minute);
        _lease.Held!.Lose();
        Clock.Advance(5 * minute);
        Assert.False(ticked.Task.IsCompleted);
        await TakeOver();
        Clock.Advance(minute);
        Assert.Equal("r", await ticked.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_node_that_is_not_sure_of_its_lease_any_more_takes_no_calls_until_it_is_again()
    {
        await TakeOver();
        _lease.Held!.IsSure = false;
        await Assert.ThrowsAsync<SiloUnavailableException>(Probe("a").InstanceAsync);
        _lease.Held.IsSure = true;
        Assert.Equal(1, await Probe("a").InstanceAsync());
    }

    [Fact]
    public async Task A_takeover_that_fails_is_tried_again()
    {
        var attempts = 0;
        _startup = () => ++attempts == 1 ? throw new FormatException("not yet") : Task.CompletedTask;
        _lease.Grant();
        await Grains.Stage.Until(() => _lease.Disposed == 1 && Clock.HasTimerDueIn(TimeSpan.FromSeconds(2)));
        await Assert.ThrowsAsync<SiloUnavailableException>(Probe("a").InstanceAsync);
        Clock.Advance(TimeSpan.FromSeconds(2));
        await TakeOver();
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_node_that_stops_gives_the_lease_up_only_when_its_grains_are_gone()
    {
        await TakeOver();
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        var status = Silo.Status;
        var tenure = Silo.Tenure!;
        var stop = Silo.StopAsync();
        await Grains.Stage.Until(() => !tenure.IsOpen);
        await Assert.ThrowsAsync<SiloUnavailableException>(Probe("b").InstanceAsync);
        Assert.Equal(0, _lease.Disposed);
        Stage.Open("busy");
        await busy;
        await stop;
        Assert.Equal(1, _lease.Disposed);
        Assert.Equal(SiloPhase.Stopped, status.Phase);
        Assert.Contains(Stage.Log, line => line.StartsWith("deactivated a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_on_standby_stops_at_once()
    {
        var status = Silo.Status;
        await Silo.StopAsync();
        Assert.Equal(SiloPhase.Stopped, status.Phase);
    }

    protected override void Configure(TestSilo silo) => silo.With(builder =>
    {
        builder.Services.AddSingleton<IActiveNodeLease>(_lease);
        builder.AddStartupTask(async (services, _) =>
        {
            await _startup();
            await services.GetRequiredService<Orleans.IGrainFactory>().GetGrain<IAccountGrain>("startup").BalanceAsync();
            Stage.Note("startup");
        });
    });

    private async Task TakeOver()
    {
        _lease.Grant();
        await Silo.Status.WaitForAsync(SiloPhase.Active).WaitAsync(Patience);
    }
}
