using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Provisioning;

public sealed class ChangeFeedTests
{
    [Fact]
    public async Task A_slow_watcher_gets_each_changed_cluster_once()
    {
        var feed = new ChangeFeed();
        var (one, two) = (DatabaseId.New(DateTimeOffset.UnixEpoch), DatabaseId.New(DateTimeOffset.UnixEpoch));
        using var end = new CancellationTokenSource();
        await using var events = feed.WatchAsync(() => [one], end.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        for (var i = 0; i < 1000; i++) feed.Changed(two);
        feed.Changed(one);

        var told = new HashSet<DatabaseId>();
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.True(told.Add(events.Current));
        }

        Assert.Equal([one, two], told.OrderBy(id => id == two));
        var next = events.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }
}
