using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>What <c>cluster.json</c> says: what is wanted, and how far the cluster came. It holds no secret.</summary>
internal sealed record ClusterRecord
{
    public required ClusterSpec Spec { get; init; }

    public required int Port { get; init; }

    public int? PoolerPort { get; init; }

    /// <summary>The last generation that the cluster was wholly brought to.</summary>
    public long Reached { get; init; }

    /// <summary>It has had a data directory: one that is missing now was lost, and must not be replaced by an empty one.</summary>
    public bool HasData { get; init; }

    /// <summary>The full version that last ran.</summary>
    public string? PostgresVersion { get; init; }
}
