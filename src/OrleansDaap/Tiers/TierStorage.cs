namespace OrleansDaap.Tiers;

/// <summary>A tier's disk, per instance.</summary>
/// <param name="Class">The storage class, where the backend knows any.</param>
[GenerateSerializer, Immutable, Alias("daap.tier-storage")]
public sealed record TierStorage([property: Id(0)] int SizeGib, [property: Id(1)] string? Class);
