using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>Makes a request of a type from JSON, with every mistake at once.</summary>
internal static class BodyBinder
{
    public static Bound<T> Bind<T>(JsonElement body, JsonTypeInfo<T> type)
        where T : class
    {
        var mistakes = new Mistakes();
        var sound = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(sound, new JsonWriterOptions { SkipValidation = true }))
        {
            if (body.ValueKind == JsonValueKind.Object)
            {
                BodyShape.Of(type).Check(body, JsonPaths.Root, mistakes, writer);
            }
            else
            {
                mistakes.Add(JsonPaths.Root, "must be an object");
                mistakes.ThrowIfAny();
            }
        }

        return new(JsonSerializer.Deserialize(sound.WrittenSpan, type)!, mistakes);
    }
}
