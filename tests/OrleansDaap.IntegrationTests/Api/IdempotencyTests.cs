using System.Text;
using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task A_repeated_request_is_answered_as_the_first_time_and_makes_nothing()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var first = await SendAsync(host, "/databases", Bodies.Database);
        var again = await SendAsync(host, "/api/v1/databases", Bodies.Database);
        Assert.Single(host.Platform.Databases);
        Assert.Equal((202, first.Text), (again.Status, again.Text));
        foreach (var header in (string[])["Location", "Operation-Location", "ETag", "Content-Type"])
            Assert.Equal(first.Headers[header], again.Headers[header]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal(["accepted", "accepted", "accepted"], host.Platform.Audit.Select(entry => entry.Outcome));
    }

    [Fact]
    public async Task A_refusal_is_an_answer_too()
    {
        await using var host = await ApiHost.StartAsync();
        var first = await SendAsync(host, "/databases", Bodies.Database);
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var again = await SendAsync(host, "/databases", Bodies.Database);
        Assert.Equal((400, "validation-failed", first.Text), (again.Status, again.Code, again.Text));
        Assert.Equal("application/problem+json", again.Headers["Content-Type"]);
        Assert.Equal("validation-failed", host.Platform.Audit.Last().Outcome);
    }

    [Fact]
    public async Task A_key_with_another_body_is_refused_and_with_another_team_or_route_it_is_another_key()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(201, (await SendAsync(host, "/tiers", Bodies.Tier)).Status);
        var other = await SendAsync(host, "/tiers", Bodies.Tier.Replace("fast", "slow", StringComparison.Ordinal));
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, other.Code));
        Assert.Equal(202, (await SendAsync(host, "/databases", Bodies.Database)).Status);
        var theirs = await SendAsync(host, "/databases", Bodies.Database.Replace("orders", "carts", StringComparison.Ordinal), host.ProductKey);
        Assert.Equal((202, 2), (theirs.Status, host.Platform.Databases.Count));
    }

    [Fact]
    public async Task While_the_first_is_running_the_second_is_told_so()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        Answer? second = null;
        host.Platform.Before = what =>
        {
            if (what != "create-database")
                return;
            host.Platform.Before = static _ => { };
            second = SendAsync(host, "/databases", Bodies.Database).GetAwaiter().GetResult();
        };
        Assert.Equal(202, (await SendAsync(host, "/databases", Bodies.Database)).Status);
        Assert.Equal((409, "request-in-progress"), (second!.Status, second.Code));
    }

    [Fact]
    public async Task What_an_attempt_made_before_its_answer_was_kept_is_found_by_the_next_one()
    {
        await using var host = await ApiHost.StartAsync();
        host.Platform.Idempotency.BeforeAnswer = () => throw new StoreUnavailableException("away", null);
        Assert.Equal(503, (await SendAsync(host, "/tiers", Bodies.Tier)).Status);
        Assert.Equal(503, (await SendAsync(host, "/databases", Bodies.Database)).Status);
        Assert.Equal(503, (await SendAsync(host, "/api-keys", Bodies.ApiKey)).Status);
        host.Platform.Idempotency.BeforeAnswer = static () => { };

        Assert.Equal(201, (await SendAsync(host, "/tiers", Bodies.Tier)).Status);
        var database = await SendAsync(host, "/databases", Bodies.Database);
        Assert.Equal((202, Assert.Single(host.Platform.Databases).Key), (database.Status, database.Json.GetProperty("id").GetString()));

        // Nobody ever held the first one's secret.
        Assert.Equal(201, (await SendAsync(host, "/api-keys", Bodies.ApiKey)).Status);
        Assert.Single(host.Platform.Keys.Values, key => key.CreatedBy is not null && key.RevokedAt is not null);
        Assert.Single(host.Platform.Keys.Values, key => key.CreatedBy is not null && key.RevokedAt is null);
    }

    [Fact]
    public async Task The_secret_of_a_key_is_kept_nowhere_and_answered_once()
    {
        await using var host = await ApiHost.StartAsync();
        var first = await SendAsync(host, "/api-keys", Bodies.ApiKey);
        var again = await SendAsync(host, "/api-keys", Bodies.ApiKey);
        Assert.True(first.Json.TryGetProperty("key", out var key));
        Assert.False(again.Json.TryGetProperty("key", out _));
        Assert.Equal((201, first.Json.GetProperty("id").GetString()), (again.Status, again.Json.GetProperty("id").GetString()));
        Assert.DoesNotContain("daap_", Assert.Single(host.Platform.Idempotency.Answers).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("GET", "/databases", key.GetString())).Status);
    }

    [Fact]
    public async Task A_request_without_the_header_touches_no_record()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        await SendAsync(host, "/tiers", Bodies.Tier, key: "wrong");
        Assert.Equal(0, host.Platform.Idempotency.Calls);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("256", 400)]
    [InlineData("255", 201)]
    [InlineData("a key, with \"any\" letters; ~", 201)]
    public async Task A_key_may_be_any_text_of_up_to_255_characters(string word, int status)
    {
        await using var host = await ApiHost.StartAsync();
        word = int.TryParse(word, out var length) ? new string('x', length) : word;
        Assert.Equal(status, (await SendAsync(host, "/tiers", Bodies.Tier, word: word)).Status);
    }

    private static async Task<Answer> SendAsync(ApiHost host, string path, string body, string? key = null, string word = "k-1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-API-Key", key ?? host.PlatformKey);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", word);
        return await host.SendAsync(request);
    }
}
