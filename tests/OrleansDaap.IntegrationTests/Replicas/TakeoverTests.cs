using System.Diagnostics;
using System.Net;
using OrleansDaap.Benchmarks;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Servers;
using Xunit;
using Xunit.Abstractions;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>Two servers in processes of their own; whatever becomes of the active one, the other one makes the changes. Each prints how long that took.</summary>
public sealed class TakeoverTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private ReplicaSet _servers = null!;
    private Replica _active = null!;
    private int _names;

    public async Task InitializeAsync()
    {
        if (TestPostgres.SkipReason is not null) return;
        _servers = await ReplicaSet.StartAsync(2, await postgres.Server.CreateDatabaseAsync(), FakeBackendServer.Command);
        _active = await _servers.FindActiveAsync();
        Assert.Equal(HttpStatusCode.Created, (await _servers.Client.SendAsync(HttpMethod.Post, "/tiers", Tiers.Freezing)).Status);
    }

    public async Task DisposeAsync()
    {
        if (_servers is not null) await _servers.DisposeAsync();
    }

    [PostgresFact]
    public async Task When_the_active_server_is_killed_the_other_one_takes_over()
    {
        var id = await CreateAsync();
        var begun = Stopwatch.GetTimestamp();
        await _active.KillAsync();

        await TellTakeoverAsync("SIGKILL", begun);
        Assert.NotEqual(_active, await _servers.FindActiveAsync());
        Assert.Equal(HttpStatusCode.OK, (await _servers.Client.SendAsync(HttpMethod.Get, $"/databases/{id}")).Status);
        await _active.StartAsync();
        Assert.NotEqual(_active, await _servers.FindActiveAsync());
    }

    [PostgresFact]
    public async Task A_frozen_server_is_taken_over_from_and_when_it_goes_on_it_neither_writes_nor_tells_what_was()
    {
        var id = await CreateAsync();
        var begun = Stopwatch.GetTimestamp();
        _active.Freeze();
        var (write, name) = (Body(), $"d{_names}");
        var late = AskAsync(HttpMethod.Post, "/databases", write);
        var look = AskAsync(HttpMethod.Get, $"/databases/{id}");
        await TellTakeoverAsync("SIGSTOP", begun);
        Assert.Equal(HttpStatusCode.OK, (await _servers.Client.SendAsync(HttpMethod.Patch, $"/databases/{id}", new { purpose = "another one" })).Status);

        _active.Thaw();

        // It may have noticed in time, and passed on what waited for it; or else it refuses. What it shows is what is.
        var isMade = await late is { Status: HttpStatusCode.Accepted };
        var named = (await _servers.Client.ListAsync($"/databases?name={name}")).Count;
        Assert.Equal(isMade ? 1 : 0, named);
        if (await look is { } seen)
            Assert.Equal("another one", seen["purpose"]);
        await UntilStandbyWorksAsync();
    }

    [PostgresFact]
    public async Task A_server_that_loses_its_connection_to_PostgreSQL_is_taken_over_from()
    {
        await CreateAsync();
        var begun = Stopwatch.GetTimestamp();
        await _servers.EndLeaseSessionAsync();

        await TellTakeoverAsync("pg_terminate_backend", begun);
        await UntilStandbyWorksAsync();
        Assert.NotEqual(_active, await _servers.FindActiveAsync());
    }

    [PostgresFact]
    public async Task A_server_that_is_cut_off_from_PostgreSQL_is_taken_over_from_and_serves_again_when_it_is_not()
    {
        var id = await CreateAsync();
        var begun = Stopwatch.GetTimestamp();
        _active.Line.Cut();

        await TellTakeoverAsync("a cut network", begun);
        Assert.Equal(HttpStatusCode.OK, (await _servers.Client.SendAsync(HttpMethod.Patch, $"/databases/{id}", new { purpose = "another one" })).Status);

        // What it cannot know it does not tell.
        var seen = await AskAsync(HttpMethod.Get, $"/databases/{id}");
        Assert.True(seen is null || seen["purpose"] == "another one");
        _active.Line.Mend();
        await UntilStandbyWorksAsync();
        Assert.Equal("another one", (await AskAsync(HttpMethod.Get, $"/databases/{id}"))!["purpose"]);
    }

    private object Body() => new { name = $"d{++_names}", owner_team = "checkout", purpose = "a test", tier = Tiers.Name };

    private async Task<string> CreateAsync()
    {
        var answer = await _servers.Client.SendAsync(HttpMethod.Post, "/databases", Body());
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        return answer["id"];
    }

    /// <summary>Asks the server that was the active one, with all the patience that it may need.</summary>
    private Task<ReplicaAnswer?> AskAsync(HttpMethod method, string path, object? body = null) =>
        _servers.Client.TryAsync(_active.Address!, method, path, body, within: TimeSpan.FromMinutes(1));

    private async Task TellTakeoverAsync(string cause, long begun)
    {
        var (other, body, key) = (_servers.Other(_active).Address!, Body(), Guid.NewGuid().ToString("N"));
        ReplicaAnswer? answer = null;
        await ServerProcess.UntilAsync(async () =>
            (answer = await _servers.Client.TryAsync(other, HttpMethod.Post, "/databases", body, key)) is not null);
        Assert.Equal(HttpStatusCode.Accepted, answer!.Status);
        output.WriteLine($"{cause}: a change was made again after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.00} s.");
    }

    /// <summary>The server that was the active one stands by, and what it is asked to change is changed.</summary>
    private async Task UntilStandbyWorksAsync()
    {
        ReplicaAnswer? answer = null;
        var body = Body();
        await ServerProcess.UntilAsync(async () => (answer = await AskAsync(HttpMethod.Post, "/databases", body)) is not null);
        Assert.Equal(HttpStatusCode.Accepted, answer!.Status);
    }
}
