using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>A structural schema of a custom resource definition, made ready for use.</summary>
internal sealed class Schema
{
    private readonly Dictionary<string, Schema> _properties = [];
    private Schema? _additional;

    public string? Type { get; private init; }

    public IReadOnlyDictionary<string, Schema> Properties => _properties;

    public Schema? Items { get; private set; }

    public IReadOnlyList<string> Required { get; private init; } = [];

    public IReadOnlyList<string> Enum { get; private init; } = [];

    public Regex? Pattern { get; private init; }

    public string? Format { get; private init; }

    public double? Minimum { get; private init; }

    public double? Maximum { get; private init; }

    public int? MinLength { get; private init; }

    public int? MaxLength { get; private init; }

    public int? MinItems { get; private init; }

    public int? MaxItems { get; private init; }

    public JsonNode? Default { get; private init; }

    public bool IsNullable { get; private init; }

    public bool IsIntOrString { get; private init; }

    public bool PreservesUnknown { get; private init; }

    /// <summary>Owned as one: a list, unless it says otherwise, and a map that says so.</summary>
    public bool IsAtomic { get; private init; }

    /// <summary>The fields that tell an item of a list from the others; none: the items are a set.</summary>
    public IReadOnlyList<string> ListKeys { get; private init; } = [];

    public IReadOnlyList<(string Rule, string Message)> Rules { get; private init; } = [];

    public static Schema From(JsonObject json)
    {
        var type = json["type"]?.GetValue<string>();
        var schema = new Schema
        {
            Type = type,
            Required = Texts(json["required"]),
            Enum = [.. (json["enum"] as JsonArray ?? []).Select(value => value?.ToString() ?? "")],
            Pattern = json["pattern"] is { } pattern ? new Regex(pattern.GetValue<string>(), RegexOptions.CultureInvariant) : null,
            Format = json["format"]?.GetValue<string>(),
            Minimum = Number(json["minimum"]),
            Maximum = Number(json["maximum"]),
            MinLength = (int?)Number(json["minLength"]),
            MaxLength = (int?)Number(json["maxLength"]),
            MinItems = (int?)Number(json["minItems"]),
            MaxItems = (int?)Number(json["maxItems"]),
            Default = json["default"],
            IsNullable = Flag(json["nullable"]),
            IsIntOrString = Flag(json["x-kubernetes-int-or-string"]),
            PreservesUnknown = Flag(json["x-kubernetes-preserve-unknown-fields"]),
            IsAtomic = type == "array"
                ? json["x-kubernetes-list-type"]?.GetValue<string>() is not ("map" or "set")
                : json["x-kubernetes-map-type"]?.GetValue<string>() == "atomic",
            ListKeys = Texts(json["x-kubernetes-list-map-keys"]),
            Rules = [.. (json["x-kubernetes-validations"] as JsonArray ?? []).OfType<JsonObject>()
                .Select(rule => (rule["rule"]!.GetValue<string>(), rule["message"]?.GetValue<string>() ?? $"failed rule: {rule["rule"]}"))],
        };
        foreach (var (name, property) in json["properties"] as JsonObject ?? []) schema._properties[name] = From(property!.AsObject());
        if (json["additionalProperties"] is JsonObject additional) schema._additional = From(additional);
        if (json["items"] is JsonObject items) schema.Items = From(items);
        return schema;
    }

    /// <summary>The same, with that property's schema instead of its own.</summary>
    public Schema With(string name, Schema property)
    {
        _properties[name] = property;
        return this;
    }

    /// <returns>Null when there is no such property.</returns>
    public Schema? Property(string name) => _properties.GetValueOrDefault(name) ?? _additional;

    private static string[] Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(value => value!.GetValue<string>())];

    private static bool Flag(JsonNode? value) => value?.GetValue<bool>() == true;

    private static double? Number(JsonNode? value) => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? double.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture) : null;
}
