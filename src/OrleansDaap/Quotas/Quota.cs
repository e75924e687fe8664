namespace OrleansDaap.Quotas;

/// <summary>A tier's quota as it stands.</summary>
[GenerateSerializer, Immutable, Alias("daap.quota")]
public sealed record Quota([property: Id(0)] string Tier, [property: Id(1)] QuotaLimits Limits, [property: Id(2)] ResourceAmounts Used);
