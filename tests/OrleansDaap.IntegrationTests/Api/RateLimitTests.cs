using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Access;
using OrleansDaap.Server.Api.Limits;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class RateLimitTests
{
    [Fact]
    public async Task A_key_that_calls_too_fast_is_told_when_to_come_back_and_others_are_not_held_up()
    {
        await using var host = await StartAsync(permits: 1, burst: 3);
        var (refused, before) = await UntilRefusedAsync(host, host.PlatformKey);
        Assert.True(before >= 3, $"{before} were let in");
        Assert.Equal((429, "rate-limited", "1"), (refused.Status, refused.Code, refused.Headers["Retry-After"]));
        Assert.Equal(200, (await host.SendAsync("GET", "/tiers", host.ProductKey)).Status);
    }

    [Fact]
    public async Task Failed_authentications_are_counted_by_address_and_do_not_lock_out_who_has_a_key()
    {
        await using var host = await StartAsync(permits: 1, burst: 2);
        var (refused, before) = await UntilRefusedAsync(host, ApiKeySecret.New());
        Assert.Equal((429, true), (refused.Status, before >= 2));
        Assert.Equal(200, (await host.SendAsync("GET", "/tiers", host.PlatformKey)).Status);
    }

    [Fact]
    public async Task What_needs_no_key_is_not_counted()
    {
        await using var host = await StartAsync(permits: 1, burst: 1);
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(200, (await host.SendAsync("GET", "/health", key: null)).Status);
            Assert.Equal(200, (await host.SendAsync("GET", "/openapi.json", key: null)).Status);
        }
    }

    [Fact]
    public async Task Nothing_is_counted_when_it_is_switched_off()
    {
        await using var host = await StartAsync(permits: 0, burst: 1);
        for (var call = 0; call < 5; call++)
            Assert.Equal(200, (await host.SendAsync("GET", "/tiers", host.PlatformKey)).Status);
    }

    [Theory]
    [InlineData(-1, 1, "Daap:RateLimit:PermitsPerSecond")]
    [InlineData(1, 0, "Daap:RateLimit:Burst")]
    public void Mistakes_are_told_by_key(int permits, int burst, string key)
    {
        var result = new RateLimitOptionsValidator().Validate(null, new RateLimitOptions { PermitsPerSecond = permits, Burst = burst });
        Assert.StartsWith(key, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    /// <summary>A permit comes back every second, and every call takes far less.</summary>
    private static async Task<(Answer Refused, int Before)> UntilRefusedAsync(ApiHost host, string key)
    {
        for (var before = 0; before < 1000; before++)
        {
            var answer = await host.SendAsync("GET", "/tiers", key);
            if (answer.Status == 429)
                return (answer, before);
        }

        throw new InvalidOperationException("Nothing was refused.");
    }

    private static Task<ApiHost> StartAsync(int permits, int burst) => ApiHost.StartAsync(add: services =>
        services.Configure<RateLimitOptions>(limit => (limit.PermitsPerSecond, limit.Burst) = (permits, burst)));
}
