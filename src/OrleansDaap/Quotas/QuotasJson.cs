using System.Text.Json.Serialization;

namespace OrleansDaap.Quotas;

/// <summary>How this room's state is written as JSON; storage gives the options.</summary>
[JsonSerializable(typeof(QuotaState))]
internal sealed partial class QuotasJson : JsonSerializerContext;
