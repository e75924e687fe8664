using System.Buffers;
using System.Text.Json;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>JSON merge patch (RFC 7396).</summary>
internal static class MergePatch
{
    /// <summary>
    /// The target with the patch applied. In one thing it goes beyond the RFC: a null for what is not there stays, so that the check
    /// which follows can refuse fields that do not exist.
    /// </summary>
    public static JsonDocument Apply(JsonElement target, JsonElement patch)
    {
        var merged = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(merged, new JsonWriterOptions { SkipValidation = true }))
        {
            Merge(target, patch, writer);
        }

        return JsonDocument.Parse(merged.WrittenMemory);
    }

    private static void Merge(JsonElement? target, JsonElement patch, Utf8JsonWriter writer)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            // As it came: text that is none, such as half a surrogate pair, is for the check that follows to refuse.
            writer.WriteRawValue(patch.GetRawText(), skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        var old = target is { ValueKind: JsonValueKind.Object } ? target : null;

        // Not looked up in the patch: a look-up stumbles over a name beside it that is not text.
        var named = patch.EnumerateObject().Select(property => SafeText.TryGetName(property, out var name) ? name : null).ToHashSet();
        foreach (var property in old?.EnumerateObject() ?? default)
        {
            if (!named.Contains(property.Name))
                property.WriteTo(writer);
        }

        foreach (var property in patch.EnumerateObject())
        {
            JsonElement? former = old is { } fields && SafeText.TryGetName(property, out var name) && fields.TryGetProperty(name, out var found) ? found : null;
            if (property.Value.ValueKind == JsonValueKind.Null && former is not null)
                continue;
            WriteName(property, writer);
            Merge(former, property.Value, writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>A name that is not text is kept as one that no field has.</summary>
    private static void WriteName(JsonProperty property, Utf8JsonWriter writer) =>
        writer.WritePropertyName(SafeText.TryGetName(property, out var name) ? name : "\uFFFD");
}
