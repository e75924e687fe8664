using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>
/// Validates JSON by the schemas in openapi.json. It knows the keywords that these use, and fails at any other, so that none is passed over.
/// </summary>
internal sealed class SchemaCheck(JsonElement description)
{
    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public string? Mistake(JsonElement value, JsonElement schema, string path = "$")
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Mistake(value, schema, keyword, path) is { } mistake)
                return mistake;
        }

        return null;
    }

    public JsonElement Resolve(string reference) => reference[2..].Split('/').Aggregate(description, (at, name) => at.GetProperty(name));

    private string? Mistake(JsonElement value, JsonElement schema, JsonProperty keyword, string path)
    {
        var rule = keyword.Value;
        return keyword.Name switch
        {
            "description" or "default" => null,
            "$ref" => Mistake(value, Resolve(rule.GetString()!), path),
            "allOf" => rule.EnumerateArray().Select(part => Mistake(value, part, path)).FirstOrDefault(mistake => mistake is not null),
            "oneOf" => Unless(rule.EnumerateArray().Count(part => Mistake(value, part, path) is null) == 1, $"{path} is not exactly one of the choices: {value}"),
            "anyOf" => Unless(rule.EnumerateArray().Any(part => Mistake(value, part, path) is null), $"{path} is none of the choices: {value}"),
            "type" => Unless(Types(rule).Any(type => Is(value, type)), $"{path} is no {rule}: {value}"),
            "enum" => Unless(rule.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)), $"{path} is none of {rule}: {value}"),
            "required" => Unless(value.ValueKind != JsonValueKind.Object || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)), $"{path} lacks one of {rule}"),
            "properties" => OfProperties(value, rule, path),
            "additionalProperties" => OfOthers(value, schema, rule, path),
            "items" => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select((item, at) => Mistake(item, rule, $"{path}[{at}]")).FirstOrDefault(mistake => mistake is not null) : null,
            "format" => Unless(value.ValueKind != JsonValueKind.String || HasFormat(value.GetString()!, rule.GetString()!), $"{path} is no {rule}: {value}"),
            "pattern" => Unless(value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!), $"{path} does not match {rule}: {value}"),
            "minLength" => Unless(value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32(), $"{path} is too short"),
            "maxLength" => Unless(value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= rule.GetInt32(), $"{path} is too long"),
            "minimum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal(), $"{path} is too small: {value}"),
            "maximum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal(), $"{path} is too large: {value}"),
            "exclusiveMinimum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDecimal() > rule.GetDecimal(), $"{path} is too small: {value}"),
            _ => throw new NotSupportedException($"The fuzz run does not know the keyword {keyword.Name}; teach it."),
        };
    }

    private string? OfProperties(JsonElement value, JsonElement properties, string path) => value.ValueKind != JsonValueKind.Object
        ? null
        : properties.EnumerateObject()
            .Select(property => value.TryGetProperty(property.Name, out var member) ? Mistake(member, property.Value, $"{path}.{property.Name}") : null)
            .FirstOrDefault(mistake => mistake is not null);

    private string? OfOthers(JsonElement value, JsonElement schema, JsonElement rule, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return null;
        var others = value.EnumerateObject().Where(member => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(member.Name, out _));
        return rule.ValueKind == JsonValueKind.Object
            ? others.Select(member => Mistake(member.Value, rule, $"{path}.{member.Name}")).FirstOrDefault(mistake => mistake is not null)
            : Unless(rule.GetBoolean() || !others.Any(), $"{path} has members that are not described");
    }

    private static IEnumerable<string> Types(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Select(type => type.GetString()!) : [rule.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number == decimal.Truncate(number),
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new NotSupportedException($"There is no type {type}."),
    };

    private static bool HasFormat(string text, string format) => format != "date-time"
        || (text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _));

    private static string? Unless(bool holds, string mistake) => holds ? null : mistake;
}
