namespace OrleansDaap.Quotas;

/// <summary>The most that a tier's databases may use together; null in a dimension means without limit.</summary>
[GenerateSerializer, Immutable, Alias("daap.quota-limits")]
public sealed record QuotaLimits
{
    public static QuotaLimits None { get; } = new();

    [Id(0)]
    public decimal? CpuCores { get; init; }

    [Id(1)]
    public decimal? MemoryGib { get; init; }

    [Id(2)]
    public decimal? StorageGib { get; init; }

    [Id(3)]
    public int? Databases { get; init; }
}
