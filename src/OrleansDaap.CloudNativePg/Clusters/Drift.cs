using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>
/// Whether an object still is what was applied: all that the manifest says is there, with the same values. What others add beside it, as
/// the operator, defaults and people do, is none of our business. Pure.
/// </summary>
internal static class Drift
{
    public static bool IsIn(JsonObject manifest, JsonElement live) => !Holds(live, manifest);

    private static bool Holds(JsonElement live, JsonNode? wanted) => wanted switch
    {
        null => live.ValueKind == JsonValueKind.Null,
        JsonObject fields => live.ValueKind == JsonValueKind.Object && fields.All(field => Field(live, field.Key, field.Value)),
        JsonArray items => live.ValueKind == JsonValueKind.Array && live.GetArrayLength() == items.Count
            && items.Zip(live.EnumerateArray()).All(pair => Holds(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(JsonValue.Create(live), wanted),
    };

    // An empty object or list may be left out by the server.
    private static bool Field(JsonElement live, string name, JsonNode? wanted) => live.TryGetProperty(name, out var value)
        ? Holds(value, wanted)
        : wanted is JsonObject { Count: 0 } or JsonArray { Count: 0 } or null;
}
