using System.Text;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class ConditionTests
{
    [Fact]
    public async Task Every_answer_that_shows_one_resource_has_its_version()
    {
        await using var host = await ApiHost.StartAsync();
        var made = await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var database = await host.SendAsync("POST", "/databases", host.PlatformKey, Bodies.Database);
        var path = $"/databases/{database.Json.GetProperty("id").GetString()}";
        Answer[] answers =
        [
            made, database, await host.SendAsync("GET", "/tiers/production", host.PlatformKey), await host.SendAsync("GET", "/tiers/production", host.ProductKey),
            await host.SendAsync("GET", path, host.ProductKey), await host.SendAsync("PATCH", path, host.ProductKey, """{"purpose":"other"}"""),
            await host.SendAsync("DELETE", path, host.ProductKey), await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, """{"instances":1}"""),
            await host.SendAsync("GET", "/tiers/production/quota", host.PlatformKey),
            await host.SendAsync("PUT", "/tiers/production/quota", host.PlatformKey, """{"databases":1}"""),
        ];
        Assert.All(answers, answer => Assert.Matches("^\"[0-9]+\"$", answer.Headers["ETag"]));
        Assert.Equal(made.Headers["ETag"], answers[2].Headers["ETag"]);
        Assert.NotEqual(answers[4].Headers["ETag"], answers[5].Headers["ETag"]);
        Assert.NotEqual(answers[8].Headers["ETag"], answers[9].Headers["ETag"]);
    }

    [Theory]
    [InlineData("PATCH", "/tiers/production", """{"instances":1}""")]
    [InlineData("PUT", "/tiers/production/quota", """{"databases":1}""")]
    [InlineData("PATCH", "/databases/{id}", """{"purpose":"other"}""")]
    [InlineData("DELETE", "/databases/{id}", null)]
    [InlineData("DELETE", "/tiers/production", null)]
    public async Task A_change_is_made_only_to_what_was_read(string method, string path, string? body)
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        if (path == "/tiers/production" && method == "DELETE")
            host.Platform.Databases.Clear();
        path = path.Replace("{id}", id, StringComparison.Ordinal);
        var read = (await host.SendAsync("GET", path, host.PlatformKey)).Headers["ETag"];
        foreach (var stale in (string[])["\"stale\"", $"W/{read}", "\"1000\", \"1001\""])
            Assert.Equal((412, "precondition-failed"), await SendAsync(host, method, path, body, stale));
        foreach (var malformed in (string[])["", "unquoted", $"{read}, *", "\"half"])
            Assert.Equal((400, "malformed-request"), await SendAsync(host, method, path, body, malformed));
        var (status, _) = await SendAsync(host, method, path, body, $"\"stale\", {read}");
        Assert.InRange(status, 200, 204);
    }

    [Fact]
    public async Task A_star_matches_whatever_is_there()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal((404, "not-found"), await SendAsync(host, "PATCH", "/tiers/production", """{"instances":1}""", "*"));
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        Assert.Equal((200, null), await SendAsync(host, "PATCH", "/tiers/production", """{"instances":1}""", "*"));
    }

    [Fact]
    public async Task Of_two_changes_of_what_was_read_the_second_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        var read = (await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier)).Headers["ETag"];
        Assert.Equal((200, null), await SendAsync(host, "PATCH", "/tiers/production", """{"instances":1}""", read));
        Assert.Equal((412, "precondition-failed"), await SendAsync(host, "PATCH", "/tiers/production", """{"instances":2}""", read));
    }

    private static async Task<(int Status, string? Code)> SendAsync(ApiHost host, string method, string path, string? body, string ifMatch)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-API-Key", host.PlatformKey);
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await host.SendAsync(request);
        return (answer.Status, answer.Code);
    }
}
