using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>The form of a request type, read once from its JSON contract and its annotations.</summary>
internal sealed class BodyShape
{
    private static readonly ConcurrentDictionary<Type, BodyShape> Known = new();
    private readonly Dictionary<string, BodyField> fields;

    private BodyShape(JsonTypeInfo type) =>
        fields = type.Properties.Select(property => new BodyField(property)).ToDictionary(field => field.Name, StringComparer.Ordinal);

    public static BodyShape Of(JsonTypeInfo type) => Known.GetOrAdd(type.Type, static (_, type) => new BodyShape(type), type);

    /// <summary>
    /// Notes everything that is wrong with an object's form, and writes those fields that are right, so that the rules between
    /// fields can still judge them.
    /// </summary>
    public void Check(JsonElement element, string path, Mistakes mistakes, Utf8JsonWriter sound)
    {
        var seen = new HashSet<string>(fields.Count, StringComparer.Ordinal);
        sound.WriteStartObject();
        foreach (var property in element.EnumerateObject())
        {
            if (!SafeText.TryGetName(property, out var name))
                mistakes.Add(path, "holds a field whose name is not text");
            else if (!fields.TryGetValue(name, out var field))
                mistakes.Add(JsonPaths.Below(path, name), "is not a field here");
            else if (!seen.Add(name))
                mistakes.Add(JsonPaths.Below(path, name), "is given more than once");
            else
                field.Check(property.Value, JsonPaths.Below(path, name), mistakes, sound);
        }

        foreach (var field in fields.Values)
        {
            if (field.IsRequired && !seen.Contains(field.Name))
                mistakes.Add(JsonPaths.Below(path, field.Name), "is required");
        }

        sound.WriteEndObject();
    }
}
