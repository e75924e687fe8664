namespace OrleansDaap.Quotas;

/// <summary>What a database costs, or what many together use.</summary>
[GenerateSerializer, Immutable, Alias("daap.resource-amounts")]
public sealed record ResourceAmounts(
    [property: Id(0)] decimal CpuCores, [property: Id(1)] decimal MemoryGib, [property: Id(2)] decimal StorageGib, [property: Id(3)] int Databases)
{
    public static ResourceAmounts Zero { get; } = new(0, 0, 0, 0);

    public static ResourceAmounts operator +(ResourceAmounts left, ResourceAmounts right) => new(
        left.CpuCores + right.CpuCores, left.MemoryGib + right.MemoryGib, left.StorageGib + right.StorageGib, left.Databases + right.Databases);

    /// <summary>The larger one of each.</summary>
    public static ResourceAmounts Max(ResourceAmounts left, ResourceAmounts right) => new(
        Math.Max(left.CpuCores, right.CpuCores), Math.Max(left.MemoryGib, right.MemoryGib), Math.Max(left.StorageGib, right.StorageGib), Math.Max(left.Databases, right.Databases));

    public static ResourceAmounts operator -(ResourceAmounts left, ResourceAmounts right) => new(
        left.CpuCores - right.CpuCores, left.MemoryGib - right.MemoryGib, left.StorageGib - right.StorageGib, left.Databases - right.Databases);
}
