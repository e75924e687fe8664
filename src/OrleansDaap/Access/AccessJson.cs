using System.Text.Json.Serialization;

namespace OrleansDaap.Access;

/// <summary>How this room's state is written as JSON; storage gives the options.</summary>
[JsonSerializable(typeof(ApiKeyState))]
internal sealed partial class AccessJson : JsonSerializerContext;
