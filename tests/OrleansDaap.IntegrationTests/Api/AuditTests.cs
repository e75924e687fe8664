using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.IntegrationTests.Api.Fakes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class AuditTests
{
    [Theory]
    [InlineData("POST", "/tiers", "create-tier", "malformed-request", 400)]
    [InlineData("POST", "/databases/x/unfreeze", "unfreeze-database", "not-found", 404)]
    [InlineData("PUT", "/tiers/x/quota", "set-quota", "malformed-request", 400)]
    [InlineData("PATCH", "/databases/x", "update-database", "not-found", 404)]
    [InlineData("DELETE", "/databases/x", "delete-database", "not-found", 404)]
    [InlineData("POST", "/nowhere", "unknown", "not-found", 404)]
    [InlineData("PUT", "/databases", "unknown", "method-not-allowed", 405)]
    public async Task Refused_attempts_to_change_something_are_recorded(string method, string path, string action, string outcome, int status)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(method, path, host.PlatformKey);
        var entry = Assert.Single(host.Platform.Audit);
        Assert.Equal((action, path, outcome, status), (entry.Action, entry.Resource, entry.Outcome, entry.Status));
        Assert.Equal((answer.Headers["X-Request-Id"], "127.0.0.1"), (entry.RequestId, entry.RemoteAddress));
    }

    [Fact]
    public async Task A_change_is_recorded_with_who_made_it()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var entry = Assert.Single(host.Platform.Audit);
        Assert.Equal(
            ("accepted", 201, "platform", Role.PlatformTeam, ApiKeySecret.IdOf(host.PlatformKey)),
            (entry.Outcome, entry.Status, entry.Team, entry.Role, entry.ApiKeyId));
    }

    [Fact]
    public async Task A_refused_role_is_recorded_with_its_team()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.ProductKey, Bodies.Tier);
        var entry = Assert.Single(host.Platform.Audit);
        Assert.Equal(("forbidden", 403, ApiHost.Checkout), (entry.Outcome, entry.Status, entry.Team));
    }

    [Fact]
    public async Task A_failed_authentication_is_recorded_even_when_it_only_reads()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("GET", "/databases", key: "wrong");
        var entry = Assert.Single(host.Platform.Audit);
        Assert.Equal(("list-databases", "unauthenticated", 401), (entry.Action, entry.Outcome, entry.Status));
        Assert.Null(entry.Team);
    }

    [Fact]
    public async Task Reading_is_not_recorded()
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var path in (string[])["/databases", "/tiers", "/health", "/nowhere", "/databases/x"])
            await host.SendAsync("GET", path, host.ProductKey);
        Assert.Empty(host.Platform.Audit);
    }

    [Fact]
    public async Task No_answer_is_sent_before_its_entry_is_durable()
    {
        await using var host = await ApiHost.StartAsync(add: services => services.AddHttpContextAccessor());
        var started = new List<bool>();
        host.Platform.BeforeAudit = () =>
        {
            started.Add(host.App.Services.GetRequiredService<IHttpContextAccessor>().HttpContext!.Response.HasStarted);
            return Task.CompletedTask;
        };
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        await host.SendAsync("POST", "/tiers", key: null, Bodies.Tier);
        await host.SendAsync("POST", "/nowhere", key: null);
        Assert.Equal([false, false, false], started);
    }

    [Fact]
    public async Task The_platform_team_reads_all_and_a_product_team_its_own()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        await host.SendAsync("POST", "/tiers", host.ProductKey, Bodies.Tier);
        var all = await host.SendAsync("GET", "/audit-log", host.PlatformKey);
        Assert.Equal((200, 2), (all.Status, all.Json.GetProperty("items").GetArrayLength()));
        var own = (await host.SendAsync("GET", "/audit-log", host.ProductKey)).Json.GetProperty("items");
        Assert.Equal("forbidden", Assert.Single(own.EnumerateArray()).GetProperty("outcome").GetString());
        var others = await host.SendAsync("GET", "/audit-log?team=platform", host.ProductKey);
        Assert.Equal("""{"items":[],"next_cursor":null}""", others.Text);
    }

    [Fact]
    public async Task Its_filters_are_read_and_their_mistakes_told_together()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync(
            "GET", "/audit-log?team=a&action=b&resource=/c&outcome=d&api_key_id=e&from=2030-01-02T03:04:05Z&to=2030-01-02T05:04:05+01:00", host.PlatformKey);
        Assert.Equal(
            new AuditFilter("a", "b", "/c", "d", "e", InMemoryPlatform.Now, InMemoryPlatform.Now.AddHours(1)), host.Platform.LastAuditFilter);
        var wrong = await host.SendAsync("GET", "/audit-log?limit=0&from=yesterday&to=2030-01-02", host.PlatformKey);
        Assert.Equal(["from", "limit", "to"], wrong.Errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_answered()
    {
        await using var host = await ApiHost.StartAsync();
        host.Platform.BeforeAudit = () => throw new StoreUnavailableException("away", null);
        var answer = await host.SendAsync("POST", "/api-keys", host.PlatformKey, Bodies.ApiKey);
        Assert.Equal((503, "platform-store-unavailable", "1"), (answer.Status, answer.Code, answer.Headers["Retry-After"]));
        Assert.DoesNotContain("daap_", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Location", answer.Headers.Keys);
    }
}
