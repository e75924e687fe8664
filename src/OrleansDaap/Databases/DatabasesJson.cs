using System.Text.Json.Serialization;

namespace OrleansDaap.Databases;

/// <summary>How this room's state is written as JSON; storage gives the options.</summary>
[JsonSerializable(typeof(DatabaseState))]
internal sealed partial class DatabasesJson : JsonSerializerContext;
