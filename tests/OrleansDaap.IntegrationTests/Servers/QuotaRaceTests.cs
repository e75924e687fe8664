using System.Net;
using OrleansDaap.Benchmarks;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>More callers than a quota has places for, and a server that is killed among them.</summary>
public sealed class QuotaRaceTests : IDisposable
{
    private const int Callers = 64;
    private const int Places = 5;
    private const int RoundsPerKill = 10;
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task Of_64_callers_exactly_5_get_the_last_5_places_whenever_the_server_is_killed()
    {
        var random = new Random(20261121);
        var server = await FakeBackendServer.StartAsync(_data, stalled: true);
        await server.CreateTierAsync();
        var rounds = Soak.Of(20, 200);
        for (var round = 1; round <= rounds; round++)
        {
            await server.SendAsync(HttpMethod.Put, "/tiers/dev/quota", new { databases = round * Places });
            var requests = Enumerable.Range(0, Callers).Select(caller => new KeyedRequest($"r{round}-c{caller}")).ToArray();
            if (round % RoundsPerKill == 0)
            {
                server = await KillAmongAsync(server, requests, answers: random.Next(Callers / 2));
            }

            // Whoever does not know what became of his request asks again.
            await Task.WhenAll(requests.Where(request => request.Answer is null).Select(request => request.SendAsync(server)));
            await AssertExactAsync(server, round, requests);
        }

        await server.DisposeAsync();
    }

    /// <summary>Kills the server when so many have been answered; the others are cut off wherever they are.</summary>
    private async Task<ServerProcess> KillAmongAsync(ServerProcess server, KeyedRequest[] requests, int answers)
    {
        using var answered = new SemaphoreSlim(0);
        var all = Task.WhenAll(requests.Select(async request =>
        {
            await request.SendAsync(server);
            answered.Release();
        }));
        for (var i = 0; i < answers; i++)
        {
            await answered.WaitAsync();
        }

        await server.KillAsync();
        await all;
        await server.DisposeAsync();
        return await FakeBackendServer.StartAsync(_data, stalled: true);
    }

    private static async Task AssertExactAsync(ServerProcess server, int round, KeyedRequest[] requests)
    {
        var accepted = requests.Where(request => request.Answer?.Status == HttpStatusCode.Accepted).Select(request => request.Answer!["id"]).Order().ToArray();
        Assert.Equal(Places, accepted.Length);
        var others = requests.Where(request => request.Answer?.Status != HttpStatusCode.Accepted).Select(request => request.Answer?["code"]).Distinct();
        Assert.Equal("quota-exceeded", Assert.Single(others));

        var quota = (await server.SendAsync(HttpMethod.Get, "/tiers/dev/quota")).GetProperty("used");
        Assert.Equal(round * Places, quota.GetProperty("databases").GetInt32());
        var newest = (await server.SendAsync(HttpMethod.Get, $"/databases?limit={2 * Places}")).GetProperty("items").EnumerateArray()
            .Where(database => database.GetProperty("name").GetString()!.StartsWith($"r{round}-", StringComparison.Ordinal))
            .Select(database => database.GetProperty("id").GetString()).Order();
        Assert.Equal(accepted, newest);
        var tier = await server.SendAsync(HttpMethod.Get, "/tiers/dev");
        Assert.Equal(round * Places, tier.GetProperty("databases").GetInt32());
    }
}
