using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>What a backend sees of one cluster at one moment.</summary>
[GenerateSerializer, Immutable, Alias("daap.cluster-observation")]
public sealed record ClusterObservation
{
    [Id(0)]
    public required ClusterPhase Phase { get; init; }

    /// <summary>The generation of the spec that the cluster was last brought to, or is being brought to; 0 when there is none.</summary>
    [Id(1)]
    public long Generation { get; init; }

    /// <summary>Why it failed, in what it falls short of its spec while it serves, or why the backups of one that is gone cannot be removed.</summary>
    [Id(2)]
    public StatusReason? Reason { get; init; }

    /// <summary>The full version, such as <c>15.18</c>.</summary>
    [Id(3)]
    public string? PostgresVersion { get; init; }

    /// <summary>Where it answers; null unless it is ready.</summary>
    [Id(4)]
    public ClusterEndpoint? Endpoint { get; init; }

    /// <summary>Null when it has no backups; those of a cluster that is gone may still be there.</summary>
    [Id(5)]
    public BackupObservation? Backups { get; init; }

    public static ClusterObservation Absent { get; } = new() { Phase = ClusterPhase.Absent };

    /// <summary>The same, with what was known of its backups where that is unknown now.</summary>
    public ClusterObservation After(ClusterObservation? known) => Backups is { } backups ? this with { Backups = backups.After(known?.Backups) } : this;
}
