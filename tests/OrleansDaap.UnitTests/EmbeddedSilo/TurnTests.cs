using OrleansDaap.UnitTests.EmbeddedSilo.Grains;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class TurnTests : SiloFixture
{
    [Fact]
    public async Task Calls_of_one_grain_run_one_after_the_other_in_order_of_arrival()
    {
        var grain = Probe("a");
        Task[] calls = [grain.DoAsync("1"), grain.DoAsync("2"), grain.DoAsync("3")];
        await Stage.Reached("1");
        Assert.False(Stage.HasReached("2"));
        Stage.Open("3");
        Stage.Open("2");
        Stage.Open("1");
        await Task.WhenAll(calls);
        Assert.Equal(["activated a 1", "in 1", "out 1", "in 2", "out 2", "in 3", "out 3"], Stage.Log);
    }

    [Fact]
    public async Task Calls_of_different_grains_run_beside_each_other()
    {
        Task[] calls = [Probe("a").DoAsync("a"), Probe("b").DoAsync("b")];
        await Stage.Reached("a");
        await Stage.Reached("b");
        Stage.Open("a");
        Stage.Open("b");
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Calls_of_a_reentrant_grain_interleave()
    {
        var grain = Silo.Grain<IOpenGrain>("a");
        Task[] calls = [grain.DoAsync("1"), grain.DoAsync("2")];
        await Stage.Reached("1");
        await Stage.Reached("2");
        Stage.Open("2");
        await calls[1];
        Stage.Open("1");
        await calls[0];
        Assert.Equal(5, await grain.CountDownAsync(5));
    }

    [Fact]
    public async Task An_always_interleaving_call_runs_beside_a_busy_one()
    {
        var grain = Probe("a");
        var busy = grain.DoAsync("busy");
        await Stage.Reached("busy");
        var peek = grain.PeekAsync("peek");
        await Stage.Reached("peek");
        Stage.Open("peek");
        await peek;
        Stage.Open("busy");
        await busy;
    }

    [Fact]
    public async Task Read_only_calls_run_beside_each_other_but_not_beside_a_write()
    {
        var grain = Probe("a");
        Task[] calls = [grain.ReadAsync("read 1"), grain.ReadAsync("read 2"), grain.DoAsync("write"), grain.ReadAsync("read 3")];
        await Stage.Reached("read 1");
        await Stage.Reached("read 2");
        await Stage.Reached("read 3");
        Assert.False(Stage.HasReached("write"));
        Stage.Open("read 1");
        Stage.Open("read 2");
        Stage.Open("read 3");
        await Stage.Reached("write");
        var late = grain.ReadAsync("read 4");
        await grain.PeekAsync(Opened("peek"));
        Assert.False(Stage.HasReached("read 4"));
        Stage.Open("write");
        Stage.Open("read 4");
        await Task.WhenAll([.. calls, late]);
    }

    [Fact]
    public async Task Code_after_an_await_stays_on_the_grains_scheduler_and_never_runs_beside_other_code_of_it()
    {
        var grain = Probe("a");
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => grain.StaysOnItsSchedulerAsync()));
        Assert.All(results, Assert.True);
    }

    [Fact]
    public async Task A_failed_call_leaves_the_grain_to_the_next_one()
    {
        var grain = Probe("a");
        var failed = grain.FailAsync("no");
        var next = grain.InstanceAsync();
        await Assert.ThrowsAsync<FormatException>(() => failed);
        Assert.Equal(1, await next);
    }

    private string Opened(string step)
    {
        Stage.Open(step);
        return step;
    }
}
