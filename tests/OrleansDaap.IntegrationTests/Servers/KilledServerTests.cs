using System.Text.Json;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>SIGKILL at any moment: what was accepted goes on to its end after the next start.</summary>
public sealed class KilledServerTests : IDisposable
{
    private static readonly int Rounds = Soak.Of(6, 40);
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    [Trait(Soak.Category, Soak.Name)]
    public async Task Every_accepted_request_reaches_its_end_however_often_the_server_is_killed()
    {
        var random = new Random(20261121);
        var wanted = new Dictionary<string, string>();
        var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync("kept", "freeze", pooled: true);
        await server.CreateTierAsync("passing", "hard");
        for (var round = 0; round < Rounds; round++)
        {
            // Requests are under way when the server dies: some are accepted, some are cut off. Only the accepted ones count.
            var work = Task.WhenAll(CreateAsync($"kept{round}", "kept"), CreateAsync($"passing{round}", "passing"), DestroyOneAsync());
            await Task.WhenAny(work, AfterAsync(TimeSpan.FromMilliseconds(random.Next(20, 900))));
            await server.KillAsync();
            await work;
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync(_data);
        }

        foreach (var (id, status) in wanted)
        {
            await server.UntilStatusAsync(id, status);
        }

        // Nothing is there that has no record in a fitting state, and the quota says the same.
        var live = wanted.Where(one => one.Value != "deleted").Select(one => one.Key).Order().ToArray();
        var all = (await server.SendAsync(HttpMethod.Get, "/databases?limit=200")).GetProperty("items").EnumerateArray().ToArray();
        var accepted = all.Select(database => database.GetProperty("id").GetString()!).Order().ToArray();
        Assert.Subset(accepted.ToHashSet(), live.ToHashSet());
        foreach (var id in accepted)
        {
            await server.UntilAsync(id, database => database.GetProperty("status").GetString() is "ready" or "frozen");
        }

        Assert.Equal(accepted, Directory.GetDirectories(Path.Combine(_data.Path, "clusters"), "db-*").Select(Path.GetFileName).Order());
        var used = 0;
        foreach (var tier in new[] { "kept", "passing" })
        {
            used += (await server.SendAsync(HttpMethod.Get, $"/tiers/{tier}/quota")).GetProperty("used").GetProperty("databases").GetInt32();
        }

        Assert.InRange(used, accepted.Length, accepted.Length + (2 * Rounds));
        await server.DisposeAsync();

        async Task CreateAsync(string name, string tier)
        {
            if (await TryAsync(() => server.CreateDatabaseAsync(name, tier)) is { } id)
            {
                lock (wanted)
                {
                    wanted[id] = "ready";
                }
            }
        }

        async Task DestroyOneAsync()
        {
            var (id, _) = wanted.LastOrDefault(one => one.Value == "ready");
            if (id is not null && await TryAsync(() => server.SendAsync(HttpMethod.Delete, $"/databases/{id}")) is { ValueKind: JsonValueKind.Object } answer)
            {
                lock (wanted)
                {
                    wanted[id] = answer.GetProperty("tier").GetString() == "kept" ? "frozen" : "deleted";
                }
            }
            else if (id is not null)
            {
                // Whether it was accepted is unknown: whatever it becomes is right.
                lock (wanted)
                {
                    wanted.Remove(id);
                }
            }
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }

    private static async Task AfterAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }
}
