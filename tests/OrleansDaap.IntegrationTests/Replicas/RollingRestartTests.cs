using System.Net;
using OrleansDaap.Benchmarks;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>Both servers are replaced, one after the other, while clients go on.</summary>
public sealed class RollingRestartTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Callers = 2;

    [PostgresFact]
    public async Task A_rolling_restart_loses_no_request_and_answers_none_wrongly()
    {
        await using var servers = await ReplicaSet.StartAsync(2, await postgres.Server.CreateDatabaseAsync(), FakeBackendServer.Command);
        await servers.Client.SendAsync(HttpMethod.Post, "/tiers", Tiers.Freezing);
        using var restarted = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync(servers.Client, caller, restarted.Token)).ToArray();

        foreach (var server in servers.All)
        {
            Assert.Equal(0, await server.StopAsync());
            await server.StartAsync();
        }

        await restarted.CancelAsync();
        var left = (await Task.WhenAll(callers)).SelectMany(ids => ids).Order().ToArray();
        Assert.NotEmpty(left);
        string[] shown = [];
        await ServerProcess.UntilAsync(
            async () =>
            {
                shown = [.. (await servers.Client.ListAsync("/databases")).Select(database => database.GetProperty("id").GetString()!).Order()];
                return Enumerable.SequenceEqual(left, shown);
            },
            () => $"There should be {string.Join(' ', left)} and there are {string.Join(' ', shown)}.");
        var quota = (await servers.Client.SendAsync(HttpMethod.Get, $"/tiers/{Tiers.Name}/quota")).Json.GetProperty("used");
        Assert.Equal(left.Length, quota.GetProperty("databases").GetInt32());
    }

    /// <summary>Makes databases, looks at each, and removes every other one.</summary>
    /// <returns>Those that are left.</returns>
    private static async Task<List<string>> CallAsync(RetryingClient client, int caller, CancellationToken enough)
    {
        var left = new List<string>();
        for (var round = 0; !enough.IsCancellationRequested; round++)
        {
            var body = new { name = $"c{caller}-r{round}x", owner_team = "checkout", purpose = "a test", tier = Tiers.Name };
            var created = await client.SendAsync(HttpMethod.Post, "/databases", body);
            Assert.Equal((HttpStatusCode.Accepted, body.name), (created.Status, created["name"]));
            var seen = await client.SendAsync(HttpMethod.Get, $"/databases/{created["id"]}");
            Assert.Equal((HttpStatusCode.OK, body.name), (seen.Status, seen["name"]));
            if (round % 2 == 0)
                left.Add(created["id"]);
            else
                Assert.Equal(HttpStatusCode.Accepted, (await client.SendAsync(HttpMethod.Delete, $"/databases/{created["id"]}?force=true")).Status);
        }

        return left;
    }
}
