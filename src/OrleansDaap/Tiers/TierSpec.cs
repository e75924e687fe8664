namespace OrleansDaap.Tiers;

/// <summary>What a platform team decides about a class of databases.</summary>
[GenerateSerializer, Immutable, Alias("daap.tier-spec")]
public sealed record TierSpec
{
    [Id(0)]
    public required string Description { get; init; }

    /// <summary>The major version.</summary>
    [Id(1)]
    public required int PostgresVersion { get; init; }

    /// <summary>The primary and its standbys.</summary>
    [Id(2)]
    public required int Instances { get; init; }

    /// <summary>Per instance.</summary>
    [Id(3)]
    public required decimal CpuCores { get; init; }

    /// <summary>Per instance.</summary>
    [Id(4)]
    public required decimal MemoryGib { get; init; }

    [Id(5)]
    public required TierStorage Storage { get; init; }

    [Id(6)]
    public BackupPolicy? Backup { get; init; }

    [Id(7)]
    public PoolingPolicy? Pooling { get; init; }

    [Id(8)]
    public required DestructionStrategy DestructionStrategy { get; init; }

    [Id(9)]
    public int? ArchiveRetentionDays { get; init; }
}
