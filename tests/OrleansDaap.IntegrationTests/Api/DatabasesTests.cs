using System.Text.Json;
using OrleansDaap.Access;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class DatabasesTests
{
    [Fact]
    public async Task A_database_is_accepted_with_where_to_follow_it()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var answer = await host.SendAsync("POST", "/databases", host.ProductKey, Bodies.Database);
        var id = answer.Json.GetProperty("id").GetString();
        Assert.Equal((202, $"/databases/{id}"), (answer.Status, answer.Headers["Location"]));
        Assert.Equal($"/operations/{answer.Json.GetProperty("operation").GetString()}", answer.Headers["Operation-Location"]);
        Assert.Equal("provisioning", answer.Json.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("status_reason").ValueKind);
        Assert.Equal("2030-01-02T03:04:05Z", answer.Json.GetProperty("created_at").GetString());

        foreach (var path in (string[])[answer.Headers["Location"], answer.Headers["Operation-Location"]])
            Assert.Equal(200, (await host.SendAsync("GET", path, host.ProductKey)).Status);
    }

    [Fact]
    public async Task The_platform_team_names_the_owner_and_a_product_team_owns_what_it_asks_for()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        const string WithoutOwner = """{"name":"a","purpose":"p","tier":"production"}""";
        var missing = await host.SendAsync("POST", "/databases", host.PlatformKey, WithoutOwner);
        Assert.Equal("is required", missing.Errors["owner_team"]);
        var own = await host.SendAsync("POST", "/databases", host.ProductKey, WithoutOwner);
        Assert.Equal(ApiHost.Checkout, own.Json.GetProperty("owner_team").GetString());
        var other = await host.SendAsync(
            "POST", "/databases", host.ProductKey, """{"name":"a","owner_team":"search","purpose":"p","tier":"production"}""");
        Assert.Equal((403, "forbidden"), (other.Status, other.Code));
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once_an_unknown_tier_among_them()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(
            "POST", "/databases", host.PlatformKey,
            """{"name":"Orders","owner_team":7,"purpose":"","tier":"none","colour":1,"name":"x","deletion_protection":"yes"}""");
        Assert.Equal((400, "validation-failed"), (answer.Status, answer.Code));
        Assert.Equal(
            ["colour", "deletion_protection", "name", "owner_team", "purpose", "tier"], answer.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("more than once", answer.Errors["name"], StringComparison.Ordinal);
        Assert.Equal("is no tier", answer.Errors["tier"]);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    [InlineData("DELETE", "?force=true")]
    [InlineData("POST", "/unfreeze")]
    [InlineData("GET", "/operations")]
    public async Task Another_teams_database_is_as_if_it_were_not_there(string method, string rest)
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var stranger = host.AddKey("search", Role.ProductTeam);
        var answer = await host.SendAsync(method, $"/databases/{id}{rest}", stranger, method == "PATCH" ? "{}" : null);
        var none = await host.SendAsync(method, $"/databases/db-{new string('0', 26)}{rest}", stranger, method == "PATCH" ? "{}" : null);
        Assert.Equal((404, "not-found"), (answer.Status, answer.Code));
        Assert.Equal(none.Json.GetProperty("detail").GetString(), answer.Json.GetProperty("detail").GetString());
        Assert.Equal(404, (await host.SendAsync("GET", $"/operations/op-{id[3..]}-1", stranger)).Status);
        Assert.Equal(200, (await host.SendAsync("GET", $"/operations/op-{id[3..]}-1", host.ProductKey)).Status);
    }

    [Fact]
    public async Task Lists_show_a_team_its_own_filtered_and_page_by_page()
    {
        // Ids of one millisecond are in no order, so neither are these.
        await using var host = await ApiHost.StartAsync();
        foreach (var name in (string[])["a", "b", "c"])
            await host.AddDatabaseAsync(name);
        await host.SendAsync(
            "POST", "/databases", host.PlatformKey, """{"name":"a","owner_team":"search","purpose":"p","tier":"production"}""");

        Assert.Equal(["a", "a", "b", "c"], (await NamesAsync(host, host.PlatformKey, "?unknown=1")).Order());
        Assert.Equal(["a", "b", "c"], (await NamesAsync(host, host.ProductKey, "?limit=2")).Order());
        Assert.Equal(["a"], await NamesAsync(host, host.PlatformKey, "?owner_team=search"));
        Assert.Equal(["b"], await NamesAsync(host, host.ProductKey, "?name=b&tier=production&status=provisioning"));
        Assert.Empty(await NamesAsync(host, host.ProductKey, "?owner_team=search"));
        Assert.Empty(await NamesAsync(host, host.ProductKey, "?status=deleted"));
    }

    [Theory]
    [InlineData("?limit=abc", "limit")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=201", "limit")]
    [InlineData("?limit=-1", "limit")]
    [InlineData("?limit=", "limit")]
    [InlineData("?status=broken", "status")]
    [InlineData("?status=READY", "status")]
    [InlineData("?status=ready&status=error", "status")]
    [InlineData("?name=%00", "name")]
    [InlineData("?cursor=%00&limit=x&status=x", "cursor,limit,status")]
    public async Task Mistakes_in_the_query_are_named(string query, string names)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("GET", "/databases" + query, host.ProductKey);
        Assert.Equal((400, "validation-failed"), (answer.Status, answer.Code));
        Assert.Equal(names.Split(','), answer.Errors.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/merge-patch+json")]
    public async Task A_patch_changes_what_it_names(string mediaType)
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var answer = await host.SendAsync(
            "PATCH", $"/databases/{id}", host.ProductKey, """{"purpose":"new","deletion_protection":true}""", mediaType);
        Assert.Equal((200, "new", true), (answer.Status, answer.Json.GetProperty("purpose").GetString(), answer.Json.GetProperty("deletion_protection").GetBoolean()));
        Assert.Equal("deletion-protected", (await host.SendAsync("DELETE", $"/databases/{id}", host.ProductKey)).Code);
    }

    [Fact]
    public async Task A_patch_takes_no_null_and_nothing_that_cannot_change()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var answer = await host.SendAsync(
            "PATCH", $"/databases/{id}", host.ProductKey, """{"purpose":null,"owner_team":null,"deletion_protection":null,"status":null,"name":"x"}""");
        Assert.Equal(
            ["deletion_protection", "name", "owner_team", "purpose", "status"], answer.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("must not be null", answer.Errors["purpose"]);
    }

    [Fact]
    public async Task Only_the_platform_team_gives_a_database_away_or_forces_its_end()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        Assert.Equal(403, (await host.SendAsync("PATCH", $"/databases/{id}", host.ProductKey, """{"owner_team":"search"}""")).Status);
        Assert.Equal(403, (await host.SendAsync("DELETE", $"/databases/{id}?force=true", host.ProductKey)).Status);
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/databases/{id}", host.PlatformKey, """{"owner_team":"search"}""")).Status);
        var gone = await host.SendAsync("DELETE", $"/databases/{id}?force=true", host.PlatformKey);
        Assert.Equal((202, "deleted"), (gone.Status, gone.Json.GetProperty("status").GetString()));
        Assert.Equal("force", Assert.Single((await host.SendAsync("DELETE", $"/databases/{id}?force=1", host.PlatformKey)).Errors.Keys));
    }

    [Fact]
    public async Task A_frozen_database_can_be_unfrozen_and_no_other()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var early = await host.SendAsync("POST", $"/databases/{id}/unfreeze", host.ProductKey);
        Assert.Equal((409, "invalid-state", "provisioning"), (early.Status, early.Code, early.Json.GetProperty("current_status").GetString()));
        await host.SendAsync("DELETE", $"/databases/{id}", host.ProductKey);
        var answer = await host.SendAsync("POST", $"/databases/{id}/unfreeze", host.ProductKey);
        Assert.Equal((202, $"/operations/op-{id[3..]}-3"), (answer.Status, answer.Headers["Operation-Location"]));
    }

    [Fact]
    public async Task The_platform_team_moves_a_database_and_can_follow_it()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, """{"instances":1}""");
        Assert.Equal(403, (await host.SendAsync("POST", $"/databases/{id}/tier", host.ProductKey, """{"tier":"production"}""")).Status);
        foreach (var body in (string[])["{}", """{"tier":null}""", """{"tier":"No Tier"}""", """{"tier":"none"}"""])
        {
            var refused = await host.SendAsync("POST", $"/databases/{id}/tier", host.PlatformKey, body);
            Assert.Equal(("validation-failed", "tier"), (refused.Code, Assert.Single(refused.Errors.Keys)));
        }

        var answer = await host.SendAsync("POST", $"/databases/{id}/tier", host.PlatformKey, """{"tier":"production"}""");
        Assert.Equal((202, $"/databases/{id}"), (answer.Status, answer.Headers["Location"]));
        Assert.Equal(("production", 2), (answer.Json.GetProperty("tier").GetString(), answer.Json.GetProperty("tier_revision").GetInt32()));
        var operation = await host.SendAsync("GET", answer.Headers["Operation-Location"], host.PlatformKey);
        Assert.Equal("move-tier", operation.Json.GetProperty("kind").GetString());
        Assert.Equal(404, (await host.SendAsync("POST", $"/databases/db-{new string('0', 26)}/tier", host.PlatformKey, """{"tier":"production"}""")).Status);
    }

    [Fact]
    public async Task Operations_are_listed_newest_first_page_by_page()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        await host.SendAsync("DELETE", $"/databases/{id}", host.ProductKey);
        await host.SendAsync("POST", $"/databases/{id}/unfreeze", host.ProductKey);
        Assert.Equal(
            ["unfreeze", "freeze", "create"], await PagesAsync(host, host.ProductKey, $"/databases/{id}/operations?limit=2", "kind"));
        Assert.Equal("cursor", Assert.Single((await host.SendAsync("GET", $"/databases/{id}/operations?cursor=x", host.ProductKey)).Errors.Keys));
    }

    private static Task<List<string?>> NamesAsync(ApiHost host, string key, string query) =>
        PagesAsync(host, key, "/databases" + query, "name");

    private static async Task<List<string?>> PagesAsync(ApiHost host, string key, string path, string member)
    {
        var shown = new List<string?>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await host.SendAsync("GET", path + (cursor.Length > 0 ? "&cursor=" + cursor : ""), key)).Json;
            shown.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(member).GetString()));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        return shown;
    }
}
