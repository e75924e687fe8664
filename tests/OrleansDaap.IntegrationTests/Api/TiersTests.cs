using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class TiersTests
{
    [Fact]
    public async Task A_tier_comes_back_as_it_was_made()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        Assert.Equal((201, "/tiers/production"), (answer.Status, answer.Headers["Location"]));
        var expected = JsonNode.Parse(Bodies.Tier)!.AsObject();
        expected.Insert(expected.IndexOf("backup") + 1, "drill", "0 4 * * 0");
        expected.Insert(expected.IndexOf("drill") + 1, "full_backup_every_days", 7);
        expected["revision"] = 1;
        expected["databases"] = 0;
        expected["created_at"] = "2030-01-02T03:04:05Z";
        expected["updated_at"] = "2030-01-02T03:04:05Z";
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(answer.Text)), answer.Text);
        Assert.Equal(expected.Select(member => member.Key), answer.Json.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task A_product_team_sees_promises_and_no_sizes()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        const string Expected =
            """{"id":"production","description":"Highly available, hourly backups","postgres_version":15,"guarantees":"""
            + """{"high_availability":true,"backup":{"schedule":"0 * * * *","retention_days":30},"connection_pooling":true"""
            + ""","destruction_strategy":"archive","archive_retention_days":90}}""";
        Assert.Equal(Expected, (await host.SendAsync("GET", "/tiers/production", host.ProductKey)).Text);
        Assert.Equal($$"""{"items":[{{Expected}}],"next_cursor":null}""", (await host.SendAsync("GET", "/tiers", host.ProductKey)).Text);
    }

    [Fact]
    public async Task The_platform_team_sees_how_many_databases_refer_to_a_tier()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddDatabaseAsync();
        Assert.Equal(1, (await host.SendAsync("GET", "/tiers/production", host.PlatformKey)).Json.GetProperty("databases").GetInt32());
        var list = await host.SendAsync("GET", "/tiers", host.PlatformKey);
        Assert.Equal(1, list.Json.GetProperty("items")[0].GetProperty("databases").GetInt32());
        Assert.Equal("tier-in-use", (await host.SendAsync("DELETE", "/tiers/production", host.PlatformKey)).Code);
    }

    [Fact]
    public async Task Mistakes_of_form_and_of_rules_are_told_together()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync("POST", "/tiers", host.PlatformKey, """
            {"id":"Production","postgres_version":17,"instances":"three","cpu_cores":0.0005,"memory_gib":0,
             "storage":{"size_gib":1.5,"colour":"red"},"backup":{"schedule":"hourly"},"pooling":{"mode":"fast","max_connections":0},
             "destruction_strategy":"archive"}
            """);
        Assert.Equal((400, "validation-failed"), (answer.Status, answer.Code));
        Assert.Equal(
            [
                "archive_retention_days", "backup.retention_days", "backup.schedule", "cpu_cores", "id", "instances", "memory_gib",
                "pooling.max_connections", "pooling.mode", "postgres_version", "storage.colour", "storage.size_gib",
            ],
            answer.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("must be a whole number", answer.Errors["instances"]);
        Assert.Equal("must be one of: session, transaction, statement", answer.Errors["pooling.mode"]);
        Assert.Equal("is not installed here; installed: 15, 16", answer.Errors["postgres_version"]);
    }

    [Fact]
    public async Task A_taken_name_is_refused()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var answer = await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        Assert.Equal((409, "name-taken"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("GET", "/tiers/none")]
    [InlineData("GET", "/tiers/Not%20A%20Name")]
    [InlineData("PATCH", "/tiers/none")]
    [InlineData("DELETE", "/tiers/none")]
    [InlineData("GET", "/tiers/none/quota")]
    [InlineData("PUT", "/tiers/none/quota")]
    [InlineData("DELETE", "/api-keys/none")]
    [InlineData("DELETE", "/api-keys/00000000")]
    [InlineData("GET", "/operations/op-1")]
    public async Task What_is_not_there_is_not_found(string method, string path)
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await host.SendAsync(method, path, host.PlatformKey, method is "PATCH" or "PUT" ? "{}" : null);
        Assert.Equal((404, "not-found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_merge_patch_changes_what_it_names_and_raises_the_revision()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var answer = await host.SendAsync(
            "PATCH", "/tiers/production", host.PlatformKey,
            """{"instances":1,"storage":{"size_gib":200},"pooling":null,"backup":{"retention_days":7}}""", "application/merge-patch+json");
        Assert.Equal((200, 2, 1), (answer.Status, answer.Json.GetProperty("revision").GetInt32(), answer.Json.GetProperty("instances").GetInt32()));
        Assert.Equal("""{"size_gib":200,"class":"fast"}""", answer.Json.GetProperty("storage").GetRawText());
        Assert.Equal("""{"schedule":"0 * * * *","retention_days":7}""", answer.Json.GetProperty("backup").GetRawText());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("pooling").ValueKind);
    }

    [Theory]
    [InlineData("""{"id":"other"}""", "id")]
    [InlineData("""{"revision":7,"databases":null,"created_at":"x","updated_at":null}""", "created_at,databases,revision,updated_at")]
    [InlineData("""{"instances":null}""", "instances")]
    [InlineData("""{"backup":null}""", "backup")]
    [InlineData("""{"archive_retention_days":null}""", "archive_retention_days")]
    [InlineData("""{"postgres_version":18}""", "postgres_version")]
    [InlineData("""{"instances":2,"instances":3}""", "instances")]
    [InlineData("""{"\ud800":1}""", "\uFFFD")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    public async Task A_patch_is_judged_by_what_it_would_make(string patch, string paths)
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var answer = await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, patch);
        Assert.Equal((400, "validation-failed"), (answer.Status, answer.Code));
        Assert.Equal(paths.Split(','), answer.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, host.Platform.Tiers["production"].Revision);
    }

    [Fact]
    public async Task A_tier_keeps_a_version_that_is_no_longer_installed()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        host.Backend.Versions = () => [18];
        Assert.Equal(200, (await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, """{"instances":1}""")).Status);
    }

    [Fact]
    public async Task A_patch_that_loses_a_race_is_made_again_from_what_the_tier_is_now()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        Race(host, times: 1);
        var answer = await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, """{"cpu_cores":4}""");
        Assert.Equal((200, 3), (answer.Status, answer.Json.GetProperty("revision").GetInt32()));
        Assert.Equal("raced", answer.Json.GetProperty("description").GetString());

        Race(host, times: 2);
        Assert.Equal("precondition-failed", (await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, """{"cpu_cores":8}""")).Code);
    }

    [Fact]
    public async Task A_quota_is_set_and_shows_what_is_left()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        var answer = await host.SendAsync("PUT", "/tiers/production/quota", host.PlatformKey, """{"cpu_cores":4.5,"databases":2,"memory_gib":null}""");
        const string Expected =
            """{"tier":"production","limits":{"cpu_cores":4.5,"memory_gib":null,"storage_gib":null,"databases":2}"""
            + ""","used":{"cpu_cores":1.5,"memory_gib":8,"storage_gib":30,"databases":3}"""
            + ""","remaining":{"cpu_cores":3.0,"memory_gib":null,"storage_gib":null,"databases":0}}""";
        Assert.Equal((200, Expected), (answer.Status, answer.Text));
        Assert.Equal(Expected, (await host.SendAsync("GET", "/tiers/production/quota", host.ProductKey)).Text);
        var wrong = await host.SendAsync("PUT", "/tiers/production/quota", host.PlatformKey, """{"cpu_cores":-1,"databases":1.5,"cores":1}""");
        Assert.Equal(["cores", "cpu_cores", "databases"], wrong.Errors.Keys.Order(StringComparer.Ordinal));
    }

    private static void Race(ApiHost host, int times) => host.Platform.Before = what =>
    {
        if (what != "update-tier" || times-- <= 0)
            return;
        var tier = host.Platform.Tiers["production"];
        host.Platform.Tiers["production"] = tier with { Revision = tier.Revision + 1, Spec = tier.Spec with { Description = "raced" } };
    };
}
