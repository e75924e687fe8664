using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansDaap.Common;

/// <summary>Writes a database id as its text.</summary>
public sealed class DatabaseIdConverter : JsonConverter<DatabaseId>
{
    public override DatabaseId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DatabaseId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Not a database id.");

    public override void Write(Utf8JsonWriter writer, DatabaseId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
