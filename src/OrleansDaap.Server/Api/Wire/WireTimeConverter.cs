using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>Writes times in UTC with a <c>Z</c>, wherever they came from.</summary>
internal sealed class WireTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}
