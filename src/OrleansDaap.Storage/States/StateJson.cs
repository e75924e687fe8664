using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrleansDaap.Storage.States;

/// <summary>How states are written: snake case, nulls left out, no type names. The rooms say what can be written.</summary>
internal sealed class StateJson(IEnumerable<IJsonTypeInfoResolver> rooms)
{
    private readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = JsonTypeInfoResolver.Combine([.. rooms]),
    };

    public string Write<T>(T state) => JsonSerializer.Serialize(state, TypeInfo<T>());

    public T Read<T>(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TypeInfo<T>()) ?? throw new JsonException($"A stored {typeof(T).Name} is null.");

    private JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
}
