using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>Holds an object to its schema: types, what is required, values, patterns, bounds, and the rules that are known here.</summary>
internal static class SchemaValidation
{
    public static IReadOnlyList<SchemaMistake> FindMistakes(JsonObject value, JsonObject? old, Schema schema)
    {
        var mistakes = new List<SchemaMistake>();
        Check(value, schema, "", mistakes);

        // The API server looks at the rules when the rest is well.
        if (mistakes.Count == 0) CheckRules(value, old, schema, "", mistakes);
        return mistakes;
    }

    private static void Check(JsonNode? value, Schema schema, string path, List<SchemaMistake> mistakes)
    {
        if (value is null)
        {
            if (!schema.IsNullable) mistakes.Add(new("FieldValueTypeInvalid", path, $"Invalid value: \"null\": {path} in body must be of type {schema.Type}: \"null\""));
            return;
        }

        if (!IsOfType(value, schema))
        {
            var type = TypeOf(value);
            mistakes.Add(new("FieldValueTypeInvalid", path, $"Invalid value: \"{type}\": {path} in body must be of type {schema.Type}: \"{type}\""));
            return;
        }

        switch (value)
        {
            case JsonObject map:
                foreach (var name in schema.Required.Where(name => !map.ContainsKey(name)))
                {
                    mistakes.Add(new("FieldValueRequired", Join(path, name), "Required value"));
                }

                foreach (var (name, child) in map)
                {
                    // A null where none may be means that nothing was said.
                    if (schema.Property(name) is { } property && (child is not null || property.Type is null)) Check(child, property, Join(path, name), mistakes);
                }

                break;
            case JsonArray list:
                Bounds(list.Count, schema.MinItems, schema.MaxItems, path, "items", mistakes);
                for (var i = 0; i < list.Count && schema.Items is not null; i++) Check(list[i], schema.Items, $"{path}[{i}]", mistakes);
                break;
            default:
                CheckScalar(value.AsValue(), schema, path, mistakes);
                break;
        }
    }

    private static void CheckScalar(JsonValue value, Schema schema, string path, List<SchemaMistake> mistakes)
    {
        var text = value.ToString();
        if (schema.Enum.Count > 0 && !schema.Enum.Contains(text))
        {
            mistakes.Add(new("FieldValueNotSupported", path, $"Unsupported value: \"{text}\": supported values: {string.Join(", ", schema.Enum.Select(one => $"\"{one}\""))}"));
        }

        if (value.GetValueKind() == JsonValueKind.Number)
        {
            var number = double.Parse(text, CultureInfo.InvariantCulture);
            if (number < schema.Minimum) mistakes.Add(Invalid(path, text, $"should be greater than or equal to {schema.Minimum}"));
            if (number > schema.Maximum) mistakes.Add(Invalid(path, text, $"should be less than or equal to {schema.Maximum}"));
            if (schema.Format == "int32" && number != (int)number) mistakes.Add(Invalid(path, text, "must be of type int32"));
        }

        if (value.GetValueKind() != JsonValueKind.String) return;
        if (schema.Pattern?.IsMatch(text) == false) mistakes.Add(Invalid(path, $"\"{text}\"", $"should match '{schema.Pattern}'"));
        if (schema.Format == "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            mistakes.Add(Invalid(path, $"\"{text}\"", $"must be of type date-time: \"{text}\""));
        }

        Bounds(text.Length, schema.MinLength, schema.MaxLength, path, "chars long", mistakes);
    }

    private static void Bounds(int count, int? least, int? most, string path, string of, List<SchemaMistake> mistakes)
    {
        if (count < least) mistakes.Add(Invalid(path, $"{count}", $"should be at least {least} {of}"));
        if (count > most) mistakes.Add(new("FieldValueTooLong", path, $"Too long: may not be longer than {most}"));
    }

    private static void CheckRules(JsonNode? value, JsonNode? old, Schema schema, string path, List<SchemaMistake> mistakes)
    {
        if (value is null) return;
        foreach (var (rule, message) in schema.Rules)
        {
            if (!SchemaRules.Holds(rule, value, old)) mistakes.Add(new("FieldValueInvalid", path, $"Invalid value: \"{TypeOf(value)}\": {message}"));
        }

        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map)
                {
                    if (schema.Property(name) is { } property) CheckRules(child, (old as JsonObject)?[name], property, Join(path, name), mistakes);
                }

                break;
            case JsonArray list when schema.Items is not null:
                // Items of a list that has keys would be compared with their former selves; no rule that is known here needs that.
                for (var i = 0; i < list.Count; i++) CheckRules(list[i], null, schema.Items, $"{path}[{i}]", mistakes);
                break;
        }
    }

    private static bool IsOfType(JsonNode value, Schema schema) => value.GetValueKind() switch
    {
        JsonValueKind.Object => schema.Type is "object" or null && !schema.IsIntOrString,
        JsonValueKind.Array => schema.Type is "array" or null && !schema.IsIntOrString,
        JsonValueKind.String => schema.IsIntOrString || schema.Type is "string" or null,
        JsonValueKind.Number => schema.IsIntOrString || schema.Type is "number" or null || (schema.Type == "integer" && long.TryParse(value.ToString(), out _)),
        _ => schema.Type is "boolean" or null,
    };

    private static string TypeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => long.TryParse(value.ToString(), out _) ? "integer" : "number",
        _ => "boolean",
    };

    private static SchemaMistake Invalid(string path, string value, string why) => new("FieldValueInvalid", path, $"Invalid value: {value}: {path} in body {why}");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
