using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Wire;
using Xunit;

namespace OrleansDaap.UnitTests.Server.Api.Bodies;

public sealed class BodyBinderTests
{
    private const string Database = """{"name":"orders","owner_team":"checkout","purpose":"history","tier":"small"}""";

    [Theory]
    [InlineData("name", "null", "must not be null")]
    [InlineData("name", "7", "must be text")]
    [InlineData("name", "{}", "must be text")]
    [InlineData("name", "[]", "must be text")]
    [InlineData("name", "\"\"", "must have 1 to 40 characters")]
    [InlineData("name", "\"Orders\"", Slug.Rule)]
    [InlineData("name", "\"orders-\"", Slug.Rule)]
    [InlineData("name", "\"orders\\n\"", Slug.Rule)]
    [InlineData("name", "\"a\\u0000\"", SafeText.Mistake)]
    [InlineData("name", "\"a\\ud800\"", SafeText.Mistake)]
    [InlineData("name", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "must have 1 to 40 characters")]
    [InlineData("owner_team", "\"-\"", Slug.Rule)]
    [InlineData("purpose", "\"\"", "must have 1 to 500 characters")]
    [InlineData("tier", "true", "must be text")]
    [InlineData("deletion_protection", "\"true\"", "must be true or false")]
    [InlineData("deletion_protection", "1", "must be true or false")]
    public void A_wrong_value_of_a_database_is_named(string field, string value, string mistake) =>
        Assert.Equal(mistake, Assert.Single(MistakesIn(WireJson.Default.NewDatabaseRequest, With(Database, field, value))[field]));

    [Theory]
    [InlineData("instances", "1.5", "must be a whole number")]
    [InlineData("instances", "\"1\"", "must be a whole number")]
    [InlineData("instances", "99999999999", "must be a whole number")]
    [InlineData("cpu_cores", "1e400", "must be a number, with at most 3 decimals")]
    [InlineData("cpu_cores", "0.0001", "must be a number, with at most 3 decimals")]
    [InlineData("cpu_cores", "\"1\"", "must be a number, with at most 3 decimals")]
    [InlineData("storage", "7", "must be an object")]
    [InlineData("storage", "[]", "must be an object")]
    [InlineData("storage", "null", "must not be null")]
    [InlineData("destruction_strategy", "\"Hard\"", "must be one of: freeze, archive, hard")]
    [InlineData("destruction_strategy", "0", "must be one of: freeze, archive, hard")]
    [InlineData("destruction_strategy", "\"\\ud800\"", SafeText.Mistake)]
    public void A_wrong_value_of_a_tier_is_named(string field, string value, string mistake) =>
        Assert.Equal(mistake, Assert.Single(MistakesIn(WireJson.Default.TierRequest, With("{}", field, value))[field]));

    [Fact]
    public void Everything_is_told_at_once_at_any_depth()
    {
        var mistakes = MistakesIn(
            WireJson.Default.TierRequest,
            """{"instances":1,"instances":2,"colour":1,"storage":{"size_gib":"x","a":{"b":1}},"backup":{},"pooling":{"mode":"x"}}""");
        Assert.Equal(
            [
                "backup.retention_days", "backup.schedule", "colour", "cpu_cores", "destruction_strategy", "instances", "memory_gib",
                "pooling.max_connections", "pooling.mode", "postgres_version", "storage.a", "storage.size_gib",
            ],
            mistakes.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_right_is_kept_for_the_rules_that_follow()
    {
        using var body = JsonDocument.Parse("""{"instances":3,"cpu_cores":"x","storage":{"size_gib":5,"colour":1},"pooling":7}""");
        var draft = BodyBinder.Bind(body.RootElement, WireJson.Default.TierRequest).Draft;
        Assert.Equal((3, null, 5, null), (draft.Instances, draft.CpuCores, draft.Storage?.SizeGib, draft.Pooling));
    }

    [Fact]
    public void Null_is_the_same_as_leaving_an_optional_field_out()
    {
        using var body = JsonDocument.Parse(With(With(Database, "owner_team", "null"), "deletion_protection", "null"));
        var request = BodyBinder.Bind(body.RootElement, WireJson.Default.NewDatabaseRequest).Checked();
        Assert.Equal((null, null), (request.OwnerTeam, request.DeletionProtection));
    }

    [Fact]
    public void Names_of_unknown_fields_come_back_cut_and_cleaned()
    {
        var mistakes = MistakesIn(WireJson.Default.DatabasePatchRequest, $$"""{"a\u0001b\n":1,"{{new string('x', 100)}}":1,"\udc00":1}""");
        Assert.Equal(["$", "a?b?", new string('x', 64)], mistakes.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_flood_of_mistakes_is_cut()
    {
        var fields = string.Join(",", Enumerable.Range(0, 5000).Select(number => $"\"field{number}\":1"));
        Assert.Equal(50, MistakesIn(WireJson.Default.DatabasePatchRequest, $"{{{fields}}}").Count);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"x\"")]
    public void A_body_that_is_no_object_is_refused_as_such(string body) =>
        Assert.Equal("must be an object", Assert.Single(MistakesIn(WireJson.Default.NewDatabaseRequest, body)["$"]));

    [Fact]
    public void Every_text_that_a_client_sends_is_bounded_here_or_by_the_tiers_rules()
    {
        string[] boundedByRules = [nameof(TierRequest.Description), nameof(TierStorageRequest.Class), nameof(BackupPolicyRequest.Schedule), nameof(TierRequest.Drill)];
        var unbounded = typeof(WireJson).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(WireJson).Namespace && type.Name.EndsWith("Request", StringComparison.Ordinal))
            .SelectMany(type => type.GetProperties())
            .Where(property => property.PropertyType == typeof(string)
                && property.GetCustomAttribute<StringLengthAttribute>()?.ErrorMessage is null
                && !boundedByRules.Contains(property.Name));
        Assert.Empty(unbounded);
    }

    private static Dictionary<string, string[]> MistakesIn<T>(System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string json)
        where T : class
    {
        using var body = JsonDocument.Parse(json);
        var problem = Assert.Throws<ProblemException>(() => BodyBinder.Bind(body.RootElement, type).Checked());
        Assert.Equal(ProblemCode.ValidationFailed, problem.Code);
        return problem.Errors!.ToDictionary();
    }

    /// <summary>The object with one field set to a JSON value, as text: some of the values are beyond what a parser gives back.</summary>
    private static string With(string json, string field, string value)
    {
        using var body = JsonDocument.Parse(json);
        var others = body.RootElement.EnumerateObject().Where(property => property.Name != field).Select(property => property.ToString());
        return $"{{{string.Join(",", others.Append($"\"{field}\":{value}"))}}}";
    }
}
