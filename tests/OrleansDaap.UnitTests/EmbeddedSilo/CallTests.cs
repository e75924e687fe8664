using Orleans;
using Orleans.Runtime;
using OrleansDaap.UnitTests.EmbeddedSilo.Grains;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class CallTests : SiloFixture
{
    [Fact]
    public async Task A_call_chain_that_returns_to_a_busy_grain_fails_at_once_and_names_the_cycle()
    {
        var failure = await Fails(Probe("a").RelayAsync(["b", "c", "a"]));
        Assert.Contains("probe/a → probe/b → probe/c → probe/a", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Probe("a").InstanceAsync());
    }

    [Fact]
    public async Task A_grain_that_calls_itself_is_told_of_the_deadlock()
    {
        var failure = await Fails(Probe("a").RelayAsync(["a"]));
        Assert.Contains("probe/a → probe/a", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_that_calls_itself_while_it_is_activated_is_told_of_the_deadlock()
    {
        Stage.OnActivate = (key, _) => Probe(key).RelayAsync([]);
        var failure = await Fails(Probe("a").InstanceAsync());
        Assert.Contains("probe/a → probe/a", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cycle_through_an_activation_is_found_too()
    {
        Stage.OnActivate = (key, _) => key == "b" ? Probe("a").RelayAsync([]) : Task.CompletedTask;
        var failure = await Fails(Probe("a").RelayAsync(["b"]));
        Assert.Contains("probe/a → probe/b → probe/a", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_may_come_back_by_a_call_that_interleaves() =>
        await Probe("a").RelayInterleavingAsync(["b", "a", "b", "a"]);

    [Fact]
    public async Task Waiting_for_a_busy_grain_of_another_chain_is_no_deadlock()
    {
        var busy = Probe("b").DoAsync("busy");
        await Stage.Reached("busy");
        var waiting = Probe("a").RelayAsync(["b"]);
        Stage.Open("busy");
        await busy;
        await waiting;
    }

    [Fact]
    public async Task A_call_that_nobody_waits_for_belongs_to_no_chain_once_its_sender_is_done()
    {
        await Probe("a").SendAsync("b", "pause", ["a"]);
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        Stage.Open("pause");
        Stage.Open("busy");
        await busy;
        await Stage.Reached("end of pause");
    }

    [Fact]
    public async Task A_call_that_its_sender_did_not_wait_for_does_not_belong_to_the_chain_of_those_who_waited_for_the_sender()
    {
        var busy = Probe("a").SendByAsync("b", "c", "pause", ["a"], "busy");
        await Stage.Reached("busy");
        Stage.Open("pause");
        await Stage.Reached("pause");
        await Probe("d").InstanceAsync();
        Stage.Open("busy");
        await busy;
        await Stage.Reached("end of pause");
    }

    [Fact]
    public async Task A_call_without_an_answer_times_out_and_names_grain_and_method_while_the_grain_goes_on()
    {
        var slow = Probe("a").DoAsync("slow");
        await Stage.Reached("slow");
        Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(slow.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => slow);
        Assert.Contains("probe/a", failure.Message, StringComparison.Ordinal);
        Assert.Contains("DoAsync", failure.Message, StringComparison.Ordinal);
        Stage.Open("slow");
        Assert.Equal(1, await Probe("a").InstanceAsync());
        Assert.Contains("out slow", Stage.Log);
    }

    [Fact]
    public async Task Each_call_times_out_by_its_own_age()
    {
        var first = Probe("a").DoAsync("first");
        Clock.Advance(TimeSpan.FromSeconds(20));
        var second = Probe("b").DoAsync("second");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        Assert.False(second.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<TimeoutException>(() => second);
    }

    [Fact]
    public async Task A_call_that_timed_out_while_it_waited_is_never_carried_out()
    {
        var busy = Probe("a").DoAsync("busy");
        await Stage.Reached("busy");
        var waiting = Probe("a").DoAsync("waiting");
        Clock.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Stage.Open("busy");
        await Assert.ThrowsAsync<TimeoutException>(() => busy);
        await Probe("a").InstanceAsync();
        Assert.False(Stage.HasReached("waiting"));
    }

    [Fact]
    public async Task An_exception_reaches_the_caller_as_it_was_thrown()
    {
        var failure = await Assert.ThrowsAsync<FormatException>(() => Probe("a").FailAsync("this"));
        Assert.Equal("this", failure.Message);
    }

    [Fact]
    public async Task A_cancellation_token_crosses_the_call()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Probe("a").WaitAsync(cancellation.Token);
        await Stage.Reached("wait");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Value_tasks_are_answered_too()
    {
        Assert.Equal("a", await Probe("a").KeyAsync());
        await Probe("a").TouchAsync();
    }

    [Fact]
    public void References_to_one_grain_are_equal_and_know_its_identity()
    {
        Assert.Equal(Probe("a"), Probe("a"));
        Assert.Equal(Probe("a").GetHashCode(), Probe("a").GetHashCode());
        Assert.NotEqual(Probe("a"), Probe("b"));
        Assert.Equal("a", Probe("a").GetPrimaryKeyString());
        Assert.Equal(GrainId.Create("probe", "a"), Probe("a").GetGrainId());
        Assert.Equal("IProbeGrain probe/a", Probe("a").ToString());
    }

    [Fact]
    public void A_grain_interface_without_a_class_is_refused_when_it_is_asked_for()
    {
        var failure = Assert.Throws<ArgumentException>(() => Silo.Grain<IOrphanGrain>("a"));
        Assert.Contains(nameof(IOrphanGrain), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_silo_is_unavailable()
    {
        var grain = Probe("a");
        await grain.InstanceAsync();
        await Silo.StopAsync();
        await Assert.ThrowsAsync<SiloUnavailableException>(grain.InstanceAsync);
    }

    /// <summary>At once, and by no clock: the silo's stands still here.</summary>
    private static Task<OrleansException> Fails(Task call) =>
        Assert.ThrowsAsync<OrleansException>(() => call.WaitAsync(TimeSpan.FromSeconds(20)));

    internal interface IOrphanGrain : IGrainWithStringKey;
}
