using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrleansDaap.Access;
using OrleansDaap.Server.Api.Pipeline;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class AccessTests
{
    private const string Nobody = "nobody";
    private const string Platform = "platform";
    private const string Both = "both";
    private const string Anybody = "anybody";

    /// <summary>Who may call what. An endpoint that is not in here fails the test.</summary>
    private static readonly Dictionary<string, string> Table = new()
    {
        ["create-api-key"] = Platform,
        ["list-api-keys"] = Platform,
        ["revoke-api-key"] = Platform,
        ["create-tier"] = Platform,
        ["list-tiers"] = Both,
        ["get-tier"] = Both,
        ["update-tier"] = Platform,
        ["delete-tier"] = Platform,
        ["set-quota"] = Platform,
        ["get-quota"] = Both,
        ["create-database"] = Both,
        ["list-databases"] = Both,
        ["get-database"] = Both,
        ["update-database"] = Both,
        ["delete-database"] = Both,
        ["unfreeze-database"] = Both,
        ["move-database"] = Platform,
        ["create-backup"] = Both,
        ["list-backups"] = Both,
        ["get-backup"] = Both,
        ["restore-database"] = Both,
        ["list-operations"] = Both,
        ["get-operation"] = Both,
        ["list-audit-log"] = Both,
        ["get-health"] = Anybody,
        ["get-metrics"] = Anybody,
        ["get-description"] = Anybody,
    };

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_is_for_and_nobody_else()
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var (name, method, path) in Endpoints.Named(host))
        {
            var who = Table.GetValueOrDefault(name, Nobody);
            var refusals = new[] { null, host.ProductKey, host.PlatformKey }
                .Select(async key => (await host.SendAsync(method, path, key)).Status is (401 or 403) and var status ? status : 0);
            int[] expected = who switch { Platform => [401, 403, 0], Both => [401, 0, 0], Anybody => [0, 0, 0], _ => [-1] };
            var actual = await Task.WhenAll(refusals);
            Assert.True(expected.SequenceEqual(actual), $"{name} is not for {who}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("daap_00000000_0123456789012345678901234567890123456789012")]
    [InlineData("some-other-form")]
    public async Task A_key_that_is_not_known_is_refused(string key)
    {
        await using var host = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/databases");
        request.Headers.Add("X-API-Key", key);
        var answer = await host.SendAsync(request);
        Assert.Equal((401, "unauthenticated", "Bearer"), (answer.Status, answer.Code, answer.Headers["WWW-Authenticate"]));
    }

    [Fact]
    public async Task A_key_with_one_letter_changed_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        var changed = host.PlatformKey[..^1] + (host.PlatformKey[^1] == 'a' ? 'b' : 'a');
        Assert.Equal(401, (await host.SendAsync("GET", "/databases", changed)).Status);
        Assert.Equal(200, (await host.SendAsync("GET", "/databases", host.PlatformKey)).Status);
    }

    [Fact]
    public async Task A_key_is_taken_from_its_own_header_too()
    {
        await using var host = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/databases");
        request.Headers.Add("X-API-Key", host.ProductKey);
        Assert.Equal(200, (await host.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Another_scheme_than_bearer_is_no_key()
    {
        await using var host = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/databases");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", host.ProductKey);
        Assert.Equal(401, (await host.SendAsync(request)).Status);
    }

    [Fact]
    public async Task A_server_with_an_endpoint_that_has_no_rule_does_not_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiHost.StartAsync(app => app.MapGet("/open", () => "open")));
        Assert.Contains("/open", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_of_other_modules_go_through_the_same_rules()
    {
        await using var host = await ApiHost.StartAsync(app => app.MapGet("/dashboard", () => Results.Text("ok")).Requires(Role.PlatformTeam));
        Assert.Equal(403, (await host.SendAsync("GET", "/dashboard", host.ProductKey)).Status);
        Assert.Equal("ok", (await host.SendAsync("GET", "/dashboard", host.PlatformKey)).Text);
    }
}
