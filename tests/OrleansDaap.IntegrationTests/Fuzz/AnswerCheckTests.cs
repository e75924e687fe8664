using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>A fuzz run is worth what its judge is.</summary>
public sealed class AnswerCheckTests
{
    private static readonly JsonElement Description = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/OrleansDaap.Server/openapi.json"))).RootElement;

    private static readonly Operation GetDatabase = Operation.All(Description).Single(operation => operation.Id == "get-database");

    private static JsonObject Database => JsonNode.Parse(
        GetDatabase.Responses.GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText())!.AsObject();

    [Fact]
    public void What_is_described_passes()
    {
        Assert.Null(Mistake(HttpStatusCode.OK, Database));
        Assert.Null(Mistake(HttpStatusCode.NotFound, Problem("not-found", 404), "application/problem+json"));
    }

    [Fact]
    public void A_failure_an_undescribed_status_problem_or_media_type_and_a_missing_header_are_mistakes()
    {
        Assert.Equal("it failed", Mistake(HttpStatusCode.InternalServerError, Problem("internal-error", 500), "application/problem+json"));
        Assert.Equal("409 is not described", Mistake(HttpStatusCode.Conflict, Problem("name-taken", 409), "application/problem+json"));
        Assert.Equal("the problem name-taken is not described", Mistake(HttpStatusCode.NotFound, Problem("name-taken", 404), "application/problem+json"));
        Assert.Equal("an error is no problem document", Mistake(HttpStatusCode.NotFound, Problem("not-found", 404)));
        Assert.Equal("the problem's status is not the answer's", Mistake(HttpStatusCode.NotFound, Problem("not-found", 405), "application/problem+json"));
        Assert.Equal("text/json is not described", Mistake(HttpStatusCode.OK, Database, "text/json"));
        Assert.Equal("the answer has no ETag", Mistake(HttpStatusCode.OK, Database, tag: null));
    }

    [Fact]
    public void A_body_that_its_schema_refuses_is_a_mistake()
    {
        Assert.NotNull(Mistake(HttpStatusCode.OK, With("status", "asleep")));
        Assert.NotNull(Mistake(HttpStatusCode.OK, With("name", null)));
        Assert.NotNull(Mistake(HttpStatusCode.OK, With("tier_revision", 1.5)));
        Assert.NotNull(Mistake(HttpStatusCode.OK, With("created_at", "2030-01-31")));
        Assert.NotNull(Mistake(HttpStatusCode.OK, With("connection", new JsonObject())));
        var less = Database;
        less.Remove("owner_team");
        Assert.NotNull(Mistake(HttpStatusCode.OK, less));
    }

    private static JsonObject With(string name, JsonNode? value)
    {
        var database = Database;
        database[name] = value;
        return database;
    }

    private static JsonObject Problem(string code, int status) => new()
    {
        ["type"] = $"urn:daap:problem:{code}",
        ["title"] = "A title",
        ["status"] = status,
        ["detail"] = "",
        ["code"] = code,
        ["request_id"] = "r",
    };

    private static string? Mistake(HttpStatusCode status, JsonObject body, string mediaType = "application/json", string? tag = "\"1\"")
    {
        using var response = new HttpResponseMessage(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, mediaType) };
        response.Headers.Add("X-Request-Id", "r");
        if (tag is not null)
            response.Headers.Add("ETag", tag);
        var request = new FuzzRequest { Operation = GetDatabase, Method = "GET", Path = "/databases/x" };
        return new AnswerCheck(Description).Mistake(request, response, body.ToJsonString(), out _);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
