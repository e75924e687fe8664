using Orleans.Runtime;
using OrleansDaap.Access;
using OrleansDaap.IntegrationTests.Api.Fakes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

/// <summary>The API where no grain answers: what is shown is what is stored.</summary>
public sealed class StandbyReadTests
{
    [Fact]
    public async Task All_that_is_read_is_read_without_grains()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var operation = (await host.SendAsync("GET", $"/databases/{id}", host.ProductKey)).Json.GetProperty("operation").GetString();
        string[] paths =
        [
            "/databases", $"/databases/{id}", $"/databases/{id}/operations", $"/operations/{operation}", $"/databases/{id}/backups",
            "/tiers", "/tiers/production", "/tiers/production/quota", "/audit-log", "/metrics", "/openapi.json", "/docs/index.html",
        ];
        var active = await ReadAsync(host, paths);

        StandBy(host);

        Assert.Equal(active, await ReadAsync(host, paths));
        Assert.Equal(404, (await host.SendAsync("GET", "/tiers/No%20Tier/quota", host.ProductKey)).Status);
    }

    [Fact]
    public async Task A_key_is_refused_as_soon_as_it_is_revoked_or_expired_and_so_is_one_with_another_secret()
    {
        await using var host = await ApiHost.StartAsync();
        StandBy(host);
        Assert.Equal(200, (await host.SendAsync("GET", "/tiers", host.ProductKey)).Status);
        var id = ApiKeySecret.IdOf(host.ProductKey);
        var key = host.Platform.Keys[id];
        foreach (var changed in (ApiKeyState[])[key with { RevokedAt = InMemoryPlatform.Now }, key with { ExpiresAt = DateTimeOffset.UnixEpoch }, key with { Hash = ApiKeySecret.HashOf("x") }])
        {
            host.Platform.Keys[id] = changed;
            Assert.Equal(401, (await host.SendAsync("GET", "/tiers", host.ProductKey)).Status);
        }

        Assert.Equal(403, (await host.SendAsync("GET", "/api-keys", host.AddKey("other", Role.ProductTeam))).Status);
    }

    private static void StandBy(ApiHost host) => host.Platform.Before = what =>
    {
        if (!what.StartsWith("list-", StringComparison.Ordinal) && !what.StartsWith("count-", StringComparison.Ordinal))
            throw new SiloUnavailableException("This node is not the active one.");
    };

    private static async Task<List<(string Path, int Status, string? ETag, int Length)>> ReadAsync(ApiHost host, string[] paths)
    {
        var read = new List<(string, int, string?, int)>();
        foreach (var path in paths)
        {
            var answer = await host.SendAsync("GET", path, host.ProductKey);

            // Metrics count the requests themselves.
            read.Add((path, answer.Status, answer.Headers.GetValueOrDefault("ETag"), path == "/metrics" ? 0 : answer.Text.Length));
        }

        Assert.All(read, one => Assert.Equal(200, one.Item2));
        return read;
    }
}
