using System.Text.Json;
using OrleansDaap.Access;
using OrleansDaap.Common;
using Xunit;

namespace OrleansDaap.IntegrationTests.Api;

public sealed class BackupsTests
{
    private const string Full = """{"type":"full"}""";

    [Fact]
    public async Task A_backup_is_accepted_with_where_to_follow_it()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();

        var answer = await host.SendAsync("POST", $"/databases/{id}/backups", host.ProductKey, Full);

        var backup = answer.Json.GetProperty("id").GetString();
        Assert.Equal((202, $"/databases/{id}/backups/{backup}"), (answer.Status, answer.Headers["Location"]));
        Assert.Equal($"/operations/{backup}", answer.Headers["Operation-Location"]);
        Assert.Equal(("full", "pending"), (answer.Json.GetProperty("type").GetString(), answer.Json.GetProperty("status").GetString()));
        Assert.Equal(backup, (await host.SendAsync("GET", answer.Headers["Location"], host.ProductKey)).Json.GetProperty("id").GetString());
        var operation = await host.SendAsync("GET", answer.Headers["Operation-Location"], host.ProductKey);
        Assert.Equal(("backup", "running"), (operation.Json.GetProperty("kind").GetString(), operation.Json.GetProperty("status").GetString()));
        Assert.Contains(host.Platform.Audit, entry => entry is { Action: "create-backup", Outcome: "accepted" });
    }

    [Fact]
    public async Task Backups_are_listed_newest_first_page_by_page()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
            made.Insert(0, (await host.SendAsync("POST", $"/databases/{id}/backups", host.ProductKey, Full)).Json.GetProperty("id").GetString()!);

        var first = await host.SendAsync("GET", $"/databases/{id}/backups?limit=2", host.ProductKey);
        var second = await host.SendAsync("GET", $"/databases/{id}/backups?limit=2&cursor={first.Json.GetProperty("next_cursor").GetString()}", host.ProductKey);

        Assert.Equal(made, Ids(first).Concat(Ids(second)));
        Assert.Equal(JsonValueKind.Null, second.Json.GetProperty("next_cursor").ValueKind);
        Assert.Equal((400, "validation-failed"), Refusal(await host.SendAsync("GET", $"/databases/{id}/backups?cursor=nonsense", host.ProductKey)));
    }

    [Fact]
    public async Task Backups_that_were_asked_for_are_among_the_operations_page_by_page()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var made = new List<string> { $"op-{id[3..]}-1" };
        for (var i = 0; i < 2; i++)
            made.Insert(0, (await host.SendAsync("POST", $"/databases/{id}/backups", host.ProductKey, Full)).Json.GetProperty("id").GetString()!);

        var first = await host.SendAsync("GET", $"/databases/{id}/operations?limit=1", host.ProductKey);
        var rest = await host.SendAsync("GET", $"/databases/{id}/operations?limit=5&cursor={first.Json.GetProperty("next_cursor").GetString()}", host.ProductKey);

        Assert.Equal(made, Ids(first).Concat(Ids(rest)));
        Assert.Equal("backup", first.Json.GetProperty("items")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_type_that_is_none_and_a_tier_without_backups_are_refused()
    {
        await using var host = await ApiHost.StartAsync();
        await host.SendAsync("POST", "/tiers", host.PlatformKey, Bodies.Tier);
        await host.SendAsync("PATCH", "/tiers/production", host.PlatformKey, """{"backup":null,"destruction_strategy":"hard"}""");
        var answer = await host.SendAsync("POST", "/databases", host.ProductKey, Bodies.Database);
        var path = $"/databases/{answer.Json.GetProperty("id").GetString()}/backups";

        Assert.Equal(["type"], (await host.SendAsync("POST", path, host.ProductKey, """{"type":"differential"}""")).Errors.Keys);
        Assert.Equal((422, "backup-not-configured"), Refusal(await host.SendAsync("POST", path, host.ProductKey, Full)));
    }

    [Fact]
    public async Task A_restore_is_a_new_database_of_the_same_team_and_tier()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();

        var answer = await host.SendAsync("POST", $"/databases/{id}/restore", host.ProductKey, """{"target_time":"2030-01-02T04:00:00.123456+01:00"}""");

        var restored = answer.Json.GetProperty("id").GetString();
        Assert.NotEqual(id, restored);
        Assert.Equal((202, $"/databases/{restored}"), (answer.Status, answer.Headers["Location"]));
        Assert.Equal(
            $$"""{"database_id":"{{id}}","target_time":"2030-01-02T03:00:00.123456Z"}""", answer.Json.GetProperty("restored_from").GetRawText());
        Assert.Equal(("checkout", "production"), (answer.Json.GetProperty("owner_team").GetString(), answer.Json.GetProperty("tier").GetString()));
        Assert.StartsWith("orders-", answer.Json.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moment_that_is_none_or_out_of_range_is_refused_with_the_range()
    {
        await using var host = await ApiHost.StartAsync();
        var path = $"/databases/{await host.AddDatabaseAsync()}/restore";

        foreach (var body in (string[])["{}", """{"target_time":null}""", """{"target_time":"yesterday"}""", """{"target_time":"2030-01-02"}"""])
            Assert.Equal(["target_time"], (await host.SendAsync("POST", path, host.ProductKey, body)).Errors.Keys);
        var answer = await host.SendAsync("POST", path, host.ProductKey, """{"target_time":"2031-01-01T00:00:00Z"}""");
        Assert.Equal((422, "restore-target-out-of-range"), Refusal(answer));
        Assert.Equal("2030-01-02T03:04:05Z", answer.Json.GetProperty("latest").GetString());
        Assert.True(answer.Json.TryGetProperty("earliest", out _));
    }

    [Fact]
    public async Task A_repository_that_cannot_be_read_is_said_to_be_away_and_not_empty()
    {
        await using var host = await ApiHost.StartAsync();
        var path = $"/databases/{await host.AddDatabaseAsync()}/backups";
        host.Backend.Backups = () => throw new BackendUnavailableException("Is its disk mounted?", null);

        foreach (var of in (string[])["", "/bk-1"])
        {
            var answer = await host.SendAsync("GET", path + of, host.ProductKey);
            Assert.Equal((503, "backend-unavailable"), Refusal(answer));
            Assert.True(answer.Headers.ContainsKey("Retry-After"));
            Assert.Contains("Is its disk mounted?", answer.Text, StringComparison.Ordinal);
        }

        // What only waits is no matter of the repository's.
        var asked = await host.SendAsync("POST", path, host.ProductKey, Full);
        Assert.Equal(202, asked.Status);
        Assert.Equal("pending", (await host.SendAsync("GET", asked.Headers["Location"], host.ProductKey)).Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("GET", "/backups")]
    [InlineData("GET", "/backups/bk-1")]
    [InlineData("POST", "/backups")]
    [InlineData("POST", "/restore")]
    public async Task Another_teams_database_is_as_if_it_were_not_there(string method, string path)
    {
        await using var host = await ApiHost.StartAsync();
        var id = await host.AddDatabaseAsync();
        var search = host.AddKey("search", Role.ProductTeam);

        var answer = await host.SendAsync(method, $"/databases/{id}{path}", search, method == "POST" ? """{"type":"full","target_time":"2030-01-01T00:00:00Z"}""" : null);

        Assert.Equal((404, "not-found"), Refusal(answer));
    }

    private static (int, string?) Refusal(Answer answer) => (answer.Status, answer.Code);

    private static IEnumerable<string?> Ids(Answer answer) => answer.Json.GetProperty("items").EnumerateArray().Select(backup => backup.GetProperty("id").GetString());
}
