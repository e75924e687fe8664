using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
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
            ("accepted", 201, "platform", "platform-team", ApiKeySecret.IdOf(host.PlatformKey)),
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
    public async Task Every_request_has_one_entry_whether_it_changed_something_or_not()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var key = (await host.SendAsync("POST", "/api-keys", host.PlatformKey, Bodies.ApiKey)).Json.GetProperty("id").GetString();
        (string Method, string Path, string? Body)[] requests =
        [
            ("PATCH", $"/databases/{id}", """{"purpose":"other"}"""),
            ("PATCH", "/tiers/production", """{"description":"other"}"""),
            ("PUT", "/tiers/production/quota", """{"cpu_cores":null,"memory_gib":null,"storage_gib":null,"databases":3}"""),
            ("DELETE", $"/databases/{id}", null),
            ("DELETE", $"/api-keys/{key}", null),
        ];
        foreach (var (method, path, body) in requests.Concat(requests))
        {
            host.Platform.Audit.Clear();
            var answer = await host.SendAsync(method, path, host.PlatformKey, body);
            var entry = Assert.Single(host.Platform.Audit);
            Assert.Equal((path, "accepted", answer.Status), (entry.Resource, entry.Outcome, entry.Status));
            Assert.Equal(answer.Headers["X-Request-Id"], entry.RequestId);
        }
    }

    [Fact]
    public async Task A_change_that_is_stored_needs_no_further_write_before_it_is_answered()
    {
        await using var host = await ApiHost.StartAsync();
        var writes = 0;
        host.Platform.BeforeAudit = () => ++writes == 1 ? Task.CompletedTask : throw new StoreUnavailableException("away", null);
        Assert.Equal(201, (await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier)).Status);
    }

    [Fact]
    public async Task A_change_that_is_stored_and_answered_otherwise_has_an_entry_for_both()
    {
        await using var host = await ApiHost.StartAsync();
        host.Platform.Idempotency.BeforeAnswer = () => throw new StoreUnavailableException("away", null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tiers") { Content = new StringContent(Bodies.Tier, null, "application/json") };
        request.Headers.Add("X-API-Key", host.PlatformKey);
        request.Headers.Add("Idempotency-Key", "once");
        await host.SendAsync(request);
        Assert.Equal(["accepted", "platform-store-unavailable"], host.Platform.Audit.Select(entry => entry.Outcome));
        Assert.Single(host.Platform.Audit.Select(entry => entry.RequestId).Distinct());
    }

    [Fact]
    public async Task What_a_dying_silo_cut_off_is_read_from_the_store_or_asked_for_once_more_where_that_is_harmless()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var calls = new List<string>();
        host.Platform.Before = what =>
        {
            calls.Add(what);
            if (calls.Count(call => call == what) % 2 == 1)
                throw new SiloUnavailableException("gone");
        };
        Assert.Equal(200, (await host.SendAsync("GET", $"/databases/{id}", host.ProductKey)).Status);
        Assert.Equal(["authenticate", "get-database"], calls);
        Assert.Equal(202, (await host.SendAsync("POST", "/databases", host.PlatformKey, Bodies.Database.Replace("orders", "carts", StringComparison.Ordinal))).Status);
        Assert.Equal(202, (await host.SendAsync("DELETE", $"/databases/{id}", host.PlatformKey)).Status);
        Assert.Equal((1, 2), (host.Platform.Audit.Count(entry => entry.Action == "delete-database"), host.Platform.Databases.Count));

        // It may have been carried out, and then the version is not the one that was read.
        using var conditional = new HttpRequestMessage(HttpMethod.Delete, $"/databases/{id}?force=true");
        conditional.Headers.Add("X-API-Key", host.PlatformKey);
        conditional.Headers.Add("If-Match", "*");
        Assert.Equal(503, (await host.SendAsync(conditional)).Status);
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
