using System.Text.Json.Nodes;
using OrleansDaap.Testing.Kubernetes.Schemas;

namespace OrleansDaap.Testing.Kubernetes.Fields;

/// <summary>Puts manifests onto objects, and takes fields away.</summary>
internal static class FieldMerge
{
    /// <summary>Server-side apply: what the manifest names, and nothing else, is set.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, Schema? schema)
    {
        switch (live, applied)
        {
            case (JsonObject there, JsonObject wanted) when schema is not { IsAtomic: true }:
                var map = there.DeepClone().AsObject();
                foreach (var (name, value) in wanted) map[name] = Merge(there[name], value, schema?.Property(name));
                return map;
            case (JsonArray there, JsonArray wanted) when schema is { IsAtomic: false }:
                var items = there.ToDictionary(item => FieldWalk.Key(item, schema), item => item);
                var order = there.Concat(wanted).Select(item => FieldWalk.Key(item, schema)).Distinct().ToArray();
                var named = wanted.ToDictionary(item => FieldWalk.Key(item, schema), item => item);
                return new JsonArray([.. order.Select(key => named.TryGetValue(key, out var item)
                    ? Merge(items.GetValueOrDefault(key), item, schema.Items)
                    : items[key]?.DeepClone())]);
            default:
                return applied?.DeepClone();
        }
    }

    /// <summary>Takes away those places, and what is empty and nobody's then.</summary>
    /// <param name="value">Changed.</param>
    /// <param name="gone">What goes.</param>
    /// <param name="kept">What somebody owns.</param>
    /// <param name="schema">The value's.</param>
    public static void Remove(JsonNode? value, FieldSet gone, FieldSet? kept, Schema? schema)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in gone.Children)
                {
                    var property = name[2..];
                    if (map[property] is not { } present) continue;
                    var owned = kept?.Child(name);
                    Remove(present, child, owned, schema?.Property(property));
                    if (owned is null && (child.Children.Count == 0 || IsHollow(present))) map.Remove(property);
                }

                break;
            case JsonArray list when schema is { IsAtomic: false }:
                foreach (var item in list.ToArray())
                {
                    var key = FieldWalk.Key(item, schema);
                    if (gone.Child(key) is { } child && kept?.Child(key) is null) list.Remove(item);
                    else if (gone.Child(key) is { } part) Remove(item, part, kept?.Child(key), schema.Items);
                }

                break;
        }
    }

    /// <summary>RFC 7396.</summary>
    public static JsonNode? Patch(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target is JsonObject map ? map.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null) result.Remove(name);
            else result[name] = Patch(result[name], value);
        }

        return result;
    }

    private static bool IsHollow(JsonNode value) => value is JsonObject { Count: 0 } or JsonArray { Count: 0 };
}
