using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>What server-side apply asks of a manifest before anything else: types, and no field that is not declared.</summary>
internal static class TypedPatch
{
    /// <returns>The first mistake, in the API server's words; null when there is none.</returns>
    public static string? FindMistake(JsonNode? value, Schema schema) => Find(value, schema, "");

    private static string? Find(JsonNode? value, Schema schema, string path)
    {
        if (value is null || schema.IsIntOrString) return null;
        switch (schema.Type)
        {
            case "object" when value is JsonObject map:
                return map.Select(child => schema.Property(child.Key) is { } property
                        ? Find(child.Value, property, $"{path}.{child.Key}")
                        : schema.PreservesUnknown ? null : $"{path}.{child.Key}: field not declared in schema")
                    .FirstOrDefault(mistake => mistake is not null);
            case "array" when value is JsonArray list:
                return schema.Items is null ? null : list.Select((item, index) => Find(item, schema.Items, $"{path}[{index}]")).FirstOrDefault(mistake => mistake is not null);
            case "object":
                return $"{path}: expected map, got {Shown(value)}";
            case "array":
                return $"{path}: expected list, got {Shown(value)}";
            case "integer" or "number" when value.GetValueKind() != JsonValueKind.Number:
                return $"{path}: expected numeric (int or float), got {TypeOf(value)}";
            case "boolean" when value.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False):
                return $"{path}: expected boolean, got {Shown(value)}";
            case "string" when value.GetValueKind() != JsonValueKind.String:
                return $"{path}: expected string, got {Shown(value)}";
            default:
                return null;
        }
    }

    // The real one repeats the value, secret or not.
    private static string Shown(JsonNode value) => $"&value.valueUnstructured{{Value:{(value is JsonValue ? value.ToString() : "map")}}}";

    private static string TypeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "map",
        _ => "list",
    };
}
