using System.Net;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Caching;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

public sealed class ObjectCacheTests : ApiServerTest
{
    [Fact]
    public async Task It_shows_what_is_there_and_says_what_changes()
    {
        await ApplyAsync("one", size: 1);
        await using var watched = Watch();
        await watched.Cache.Synced;
        Assert.Equal("one is 1", await watched.NextAsync());

        await ApplyAsync("one", size: 2);
        await ApplyAsync("two", size: 5);
        await Client.DeleteAsync(Widgets.Kind, Widgets.Key("one"), null, None);

        Assert.Equal("one was 1 and is 2, two is 5, one was 2 and is gone", await watched.NextAsync(3));
        Assert.Equal("two", Assert.Single(watched.Cache.Objects).Name);
        Assert.Equal(5, watched.Cache.Find(Widgets.Key("two"))!.Number("spec", "size"));
        Assert.Null(watched.Cache.Find(Widgets.Key("one")));
    }

    [Fact]
    public async Task A_watch_that_the_server_ends_goes_on_where_it_was()
    {
        await using var watched = await WatchOneAsync();
        Server.EndWatches();
        await ApplyAsync("one", size: 2);

        Assert.Equal("one was 1 and is 2", await watched.NextAsync());
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task A_watch_that_is_cut_goes_on_where_it_was()
    {
        await using var watched = await WatchOneAsync();
        Server.CutWatches();
        await ApplyAsync("one", size: 2);

        Assert.Equal("one was 1 and is 2", await watched.NextAsync());
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task An_event_that_is_cut_in_its_middle_is_seen_once()
    {
        await using var watched = await WatchOneAsync();
        Server.CutWatches(withinNextEvent: true);
        await ApplyAsync("one", size: 2);
        await ApplyAsync("one", size: 3);

        Assert.Equal("one was 1 and is 2, one was 2 and is 3", await watched.NextAsync(2));
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task When_the_server_has_forgotten_where_it_was_it_lists_again_and_says_the_differences()
    {
        await ApplyAsync("gone", size: 7);
        await ApplyAsync("same", size: 8);
        await using var watched = await WatchOneAsync(besides: 2);
        using (var hold = Server.Faults.Hold(call => call.Verb == "watch"))
        {
            Server.CutWatches();
            await hold.Reached;
            await ApplyAsync("one", size: 2);
            await ApplyAsync("new", size: 4);
            await Client.DeleteAsync(Widgets.Kind, Widgets.Key("gone"), null, None);
            Server.Store.Compact();
            Server.Faults.Clear();
        }

        var said = (await watched.NextAsync(3)).Split(", ").Order();
        Assert.Equal(["gone was 7 and is gone", "new is 4", "one was 1 and is 2"], said);
        Assert.Equal(2, Lists);
        Assert.Equal(3, watched.Cache.Objects.Count);
        Assert.True(watched.IsSilent);
    }

    [Fact]
    public async Task A_bookmark_saves_the_list_after_a_long_silence()
    {
        await using var watched = await WatchOneAsync();

        // What others do is no event here, and makes what is known old.
        await Client.ApplyAsync(ResourceKind.Namespace, Namespace("elsewhere"), None);
        using (var hold = Server.Faults.Hold(call => call.Verb == "watch"))
        {
            Server.EndWatches();
            await hold.Reached;
            Server.Store.Compact();
            Server.Faults.Clear();
        }

        await ApplyAsync("one", size: 2);
        Assert.Equal("one was 1 and is 2", await watched.NextAsync());
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task It_outlives_a_server_that_is_away_and_says_since_when()
    {
        await using var watched = await WatchOneAsync();
        Assert.Null(watched.Cache.LostAt);

        Server.Faults.IsUnreachable = true;
        Server.CutWatches();
        for (var i = 0; i < 3; i++) await Server.Faults.TurnedAway.WaitAsync();
        Assert.NotNull(watched.Cache.LostAt);
        Assert.Equal(1, watched.Cache.Find(Widgets.Key("one"))!.Number("spec", "size"));

        Server.Faults.IsUnreachable = false;
        await ApplyAsync("one", size: 2);
        Assert.Equal("one was 1 and is 2", await watched.NextAsync());
        Assert.Null(watched.Cache.LostAt);
        Assert.Equal(1, Lists);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task It_outlives_a_server_that_refuses_its_list_and_its_watch(HttpStatusCode status)
    {
        await ApplyAsync("one");
        Server.Faults.Fail(status, call => call.Verb == "list", times: 2);
        Server.Faults.Fail(status, call => call.Verb == "watch", times: 2);
        await using var watched = Watch();

        Assert.Equal("one is 1", await watched.NextAsync());
        await ApplyAsync("one", size: 2);
        Assert.Equal("one was 1 and is 2", await watched.NextAsync());
    }

    [Fact]
    public async Task It_sees_only_what_has_its_labels()
    {
        await using var watched = Watch(new ObjectSelection(Labels: "mine=yes"));
        await watched.Cache.Synced;
        await ApplyAsync("other");
        await ApplyAsync("one", labels: new JsonObject { ["mine"] = "yes" });
        await ApplyAsync("one");

        Assert.Equal("one is 1, one was 1 and is gone", await watched.NextAsync(2));
        Assert.True(watched.IsSilent);
    }

    [Fact]
    public async Task A_steady_state_of_five_thousand_costs_ten_pages_and_then_nothing()
    {
        const int count = 5000;
        for (var i = 0; i < count; i++)
        {
            Server.Store.Put(Widgets.Kind, Widgets.Key($"w{i}"), Widgets.Manifest($"w{i}"));
        }

        await using var watched = Watch();
        await watched.NextAsync(count);
        await ApplyAsync("last");
        await watched.NextAsync();

        Assert.Equal(count + 1, watched.Cache.Objects.Count);
        Assert.Equal((count / ObjectCache.PageSize, 1), (Lists, Server.Requests.Count(request => request.IsWatch)));
    }

    private int Lists => Server.Requests.Count(request => request.Method == "GET" && !request.IsWatch);

    private WatchedCache Watch(ObjectSelection? selection = null) => new(Client, selection ?? ObjectSelection.All, LoggerFor<ObjectCache>());

    /// <summary>A cache that has seen "one" come after its list, and so has a watch that works.</summary>
    private async Task<WatchedCache> WatchOneAsync(int besides = 0)
    {
        var watched = Watch();
        await watched.Cache.Synced;
        await ApplyAsync("one", size: 1);
        await watched.NextAsync(1 + besides);
        return watched;
    }

    private static JsonObject Namespace(string name) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };
}
