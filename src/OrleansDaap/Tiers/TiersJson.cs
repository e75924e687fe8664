using System.Text.Json.Serialization;

namespace OrleansDaap.Tiers;

/// <summary>How this room's state is written as JSON; storage gives the options.</summary>
[JsonSerializable(typeof(TierState))]
internal sealed partial class TiersJson : JsonSerializerContext;
