using Orleans.Runtime;
using Orleans.Storage;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class PersistenceTests : SiloFixture
{
    private static readonly GrainId AccountA = GrainId.Create("account", "a");

    [Fact]
    public async Task State_is_read_before_the_grain_is_activated_and_outlives_a_crash()
    {
        await Account("a").AddAsync(5);
        Silo.Crash();
        await Silo.StartAsync();
        Assert.Equal(5, await Account("a").BalanceAsync());
        Assert.Equal(["activated with 0", "activated with 5"], Stage.Log);
    }

    [Fact]
    public async Task A_grain_without_a_record_starts_with_a_new_state()
    {
        Assert.Equal(0, await Account("a").BalanceAsync());
        var (etag, exists) = await Account("a").RecordAsync();
        Assert.Null(etag);
        Assert.False(exists);
    }

    [Fact]
    public async Task Every_write_changes_the_etag()
    {
        await Account("a").AddAsync(1);
        var first = await Account("a").RecordAsync();
        await Account("a").AddAsync(1);
        var second = await Account("a").RecordAsync();
        Assert.True(first.Exists);
        Assert.NotNull(first.Etag);
        Assert.NotEqual(first.Etag, second.Etag);
    }

    [Fact]
    public async Task A_cleared_state_is_new_and_can_be_written_again()
    {
        await Account("a").AddAsync(3);
        await Account("a").ClearAsync();
        Assert.Equal(0, await Account("a").BalanceAsync());
        Assert.False((await Account("a").RecordAsync()).Exists);
        Assert.Equal(4, await Account("a").AddAsync(4));
    }

    [Fact]
    public async Task Reading_again_discards_what_was_not_written()
    {
        await Account("a").AddAsync(3);
        await Account("a").ScribbleAsync(100);
        await Account("a").RereadAsync();
        Assert.Equal(3, await Account("a").BalanceAsync());
    }

    [Fact]
    public async Task A_stale_write_fails_the_call_and_the_next_call_reloads()
    {
        await Account("a").AddAsync(3);
        Silo.Storage.Tamper("account", AccountA);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Account("a").AddAsync(100));
        Assert.Equal(3, await Account("a").BalanceAsync());
        Assert.Equal(4, await Account("a").AddAsync(1));
    }

    [Fact]
    public async Task A_stale_write_drops_the_grain_even_when_the_grain_catches_the_exception()
    {
        await Account("a").AddAsync(3);
        Silo.Storage.Tamper("account", AccountA);
        Assert.False(await Account("a").TryAddAsync(100));
        Assert.Equal(3, await Account("a").BalanceAsync());
    }

    [Fact]
    public async Task A_stale_write_of_another_grain_does_not_drop_the_caller()
    {
        await Account("a").AddAsync(1);
        await Account("b").ScribbleAsync(7);
        Silo.Storage.Tamper("account", AccountA);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Account("b").AddToAsync("a", 1));
        Assert.Equal(7, await Account("b").BalanceAsync());
    }

    [Fact]
    public async Task A_storage_failure_arrives_wrapped_as_Orleans_wraps_it()
    {
        Silo.Storage.Before = (operation, _) => operation == StorageOperation.Write ? throw new TimeoutException("down") : Task.CompletedTask;
        var failure = await Assert.ThrowsAsync<OrleansException>(() => Account("a").AddAsync(1));
        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Fact]
    public async Task A_grain_that_cannot_read_its_state_fails_its_calls_until_storage_is_back()
    {
        Silo.Storage.Before = (_, _) => throw new TimeoutException("down");
        var failure = await Assert.ThrowsAsync<OrleansException>(() => Account("a").BalanceAsync());
        Assert.IsType<TimeoutException>(failure.InnerException);
        Silo.Storage.Before = null;
        Assert.Equal(0, await Account("a").BalanceAsync());
    }
}
