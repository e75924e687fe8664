using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>Fills in what a schema says is meant where nothing is said.</summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonNode? value, Schema schema)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, property) in schema.Properties)
                {
                    if (property.Default is not null && (!map.TryGetPropertyValue(name, out var present) || (present is null && !property.IsNullable)))
                    {
                        map[name] = property.Default.DeepClone();
                    }
                }

                foreach (var (name, child) in map)
                {
                    if (child is not null && schema.Property(name) is { } property) Apply(child, property);
                }

                break;
            case JsonArray list when schema.Items is not null:
                foreach (var item in list) Apply(item, schema.Items);
                break;
        }
    }
}
