using System.Text.Json.Nodes;
using OrleansDaap.Testing.Kubernetes.Schemas;

namespace OrleansDaap.Testing.Kubernetes.Fields;

/// <summary>Takes objects apart into what can be owned separately: a map's fields, and the items of lists with keys or of sets.</summary>
internal static class FieldWalk
{
    /// <summary>The parts of a value by their names in field sets; null when it is owned as one.</summary>
    public static IReadOnlyDictionary<string, (JsonNode? Value, Schema? Schema)>? Parts(JsonNode? value, Schema? schema) => value switch
    {
        JsonObject map when schema is not { IsAtomic: true } =>
            map.ToDictionary(child => $"f:{child.Key}", child => (child.Value, schema?.Property(child.Key))),
        JsonArray list when schema is { IsAtomic: false } =>
            list.GroupBy(item => Key(item, schema)).ToDictionary(group => group.Key, group => (group.Last(), schema.Items)),
        _ => null,
    };

    /// <summary>What an applied manifest owns: its leaves, and its items of lists with keys.</summary>
    public static FieldSet Owned(JsonNode? value, Schema? schema)
    {
        if (Parts(value, schema) is not { Count: > 0 } parts) return FieldSet.Leaf();
        var set = new FieldSet();
        foreach (var (name, part) in parts)
        {
            var owned = Owned(part.Value, part.Schema);
            set.Add(name, name.StartsWith("k:", StringComparison.Ordinal) ? owned.AsMember() : owned);
        }

        return set;
    }

    /// <summary>The owned places of an applied manifest whose value is not what is there.</summary>
    public static FieldSet Differing(JsonNode? live, JsonNode? applied, Schema? schema)
    {
        var (there, wanted) = (Parts(live, schema), Parts(applied, schema));
        if (there is null || wanted is not { Count: > 0 }) return JsonNode.DeepEquals(live, applied) ? new FieldSet() : FieldSet.Leaf();
        var set = new FieldSet();
        foreach (var (name, part) in wanted)
        {
            set.Add(name, there.TryGetValue(name, out var present) ? Differing(present.Value, part.Value, part.Schema) : Owned(part.Value, part.Schema));
        }

        return set;
    }

    /// <summary>What an update changed: added or given another value, and removed.</summary>
    public static (FieldSet Written, FieldSet Removed) Compare(JsonNode? before, JsonNode? after, Schema? schema)
    {
        var (there, here) = (Parts(before, schema), Parts(after, schema));
        if (there is null || here is null)
        {
            if (there is null && here is null) return (JsonNode.DeepEquals(before, after) ? new FieldSet() : FieldSet.Leaf(), new FieldSet());
            return (after is null ? new FieldSet() : Everything(after, schema), before is null ? new FieldSet() : Everything(before, schema));
        }

        var (written, removed) = (new FieldSet(), new FieldSet());
        foreach (var (name, part) in here)
        {
            if (there.TryGetValue(name, out var former))
            {
                var (changed, gone) = Compare(former.Value, part.Value, part.Schema);
                written.Add(name, changed);
                removed.Add(name, gone);
            }
            else
            {
                written.Add(name, Everything(part.Value, part.Schema));
            }
        }

        foreach (var (name, part) in there.Where(part => !here.ContainsKey(part.Key))) removed.Add(name, Everything(part.Value, part.Schema));
        return (written, removed);
    }

    /// <summary>The item's name in a field set.</summary>
    public static string Key(JsonNode? item, Schema list)
    {
        if (list.ListKeys.Count == 0) return $"v:{item?.ToJsonString() ?? "null"}";
        var key = new JsonObject();
        foreach (var name in list.ListKeys.Order(StringComparer.Ordinal))
        {
            if ((item?[name] ?? list.Items?.Property(name)?.Default) is { } value) key[name] = value.DeepClone();
        }

        return $"k:{key.ToJsonString()}";
    }

    // What appears as a whole is owned as a whole: every place in it, the maps too.
    private static FieldSet Everything(JsonNode? value, Schema? schema)
    {
        var set = FieldSet.Leaf();
        foreach (var (name, part) in Parts(value, schema) ?? new Dictionary<string, (JsonNode?, Schema?)>()) set.Add(name, Everything(part.Value, part.Schema));
        return set;
    }
}
