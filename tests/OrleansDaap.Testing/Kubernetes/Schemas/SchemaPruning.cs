using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>Drops what a schema does not know.</summary>
internal static class SchemaPruning
{
    /// <returns>The paths of what was dropped.</returns>
    public static IReadOnlyList<string> Prune(JsonNode? value, Schema schema)
    {
        var dropped = new List<string>();
        Prune(value, schema, "", dropped);
        return dropped;
    }

    private static void Prune(JsonNode? value, Schema schema, string path, List<string> dropped)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, child) in map.ToArray())
                {
                    var place = path.Length == 0 ? name : $"{path}.{name}";
                    if (schema.Property(name) is { } property)
                    {
                        Prune(child, property, place, dropped);
                    }
                    else if (!schema.PreservesUnknown)
                    {
                        map.Remove(name);
                        dropped.Add(place);
                    }
                }

                break;
            case JsonArray list when schema.Items is not null:
                for (var i = 0; i < list.Count; i++) Prune(list[i], schema.Items, $"{path}[{i}]", dropped);
                break;
        }
    }
}
