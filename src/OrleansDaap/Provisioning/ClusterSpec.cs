using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>The cluster that is wanted for one database. Applying the same spec again changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("daap.cluster-spec")]
public sealed record ClusterSpec
{
    [Id(0)]
    public required DatabaseId Id { get; init; }

    /// <summary>Raised with every change of what is wanted; an observation says which one the cluster has reached.</summary>
    [Id(1)]
    public required long Generation { get; init; }

    [Id(2)]
    public required string OwnerTeam { get; init; }

    [Id(3)]
    public required string Tier { get; init; }

    /// <summary>The major version.</summary>
    [Id(4)]
    public required int PostgresVersion { get; init; }

    /// <summary>The primary and its standbys.</summary>
    [Id(5)]
    public required int Instances { get; init; }

    /// <summary>Per instance.</summary>
    [Id(6)]
    public required decimal CpuCores { get; init; }

    /// <summary>Per instance.</summary>
    [Id(7)]
    public required decimal MemoryGib { get; init; }

    /// <summary>Per instance.</summary>
    [Id(8)]
    public required int StorageGib { get; init; }

    [Id(9)]
    public string? StorageClass { get; init; }

    [Id(10)]
    public PoolerSpec? Pooler { get; init; }

    /// <summary>True: the data is kept, and nothing runs or answers.</summary>
    [Id(11)]
    public bool Frozen { get; init; }

    /// <summary>The database was ready once: an empty cluster is never made in its place. It is no part of what is wanted.</summary>
    [Id(13)]
    public bool HasData { get; init; }

    /// <summary>Where its data comes from; null: it begins empty. Of no meaning once the cluster has its data.</summary>
    [Id(14)]
    public RecoverySource? Recovery { get; init; }

    /// <summary>True: it runs for the platform, and no client is let in; those that were are gone. For the last backup before an archive.</summary>
    [Id(15)]
    public bool Closed { get; init; }

    /// <summary>Null: no backups are taken and nothing is archived.</summary>
    [Id(16)]
    public BackupSpec? Backups { get; init; }

    /// <summary>Which of the tier's; 0 in specs from before it was kept. Another one comes with another generation.</summary>
    [Id(17)]
    public int TierRevision { get; init; }

    /// <summary>Whether the other wants the same, whatever either knows of the past.</summary>
    public bool WantsSameAs(ClusterSpec? other) => other is not null && this with { HasData = other.HasData, TierRevision = other.TierRevision } == other;
}
