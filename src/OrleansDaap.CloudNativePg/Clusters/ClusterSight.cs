using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>All that a verdict on a cluster is made from.</summary>
internal sealed record ClusterSight
{
    public required DatabaseObjects Objects { get; init; }

    /// <summary>What is wanted; null when nobody wants it, or when it is not known.</summary>
    public ClusterSpec? Spec { get; init; }

    /// <summary>It is being removed; of what is wanted next nothing has begun.</summary>
    public bool IsRemoving { get; init; }

    /// <summary>Something is yet to be written, or was written and the watch has not shown it.</summary>
    public bool IsPending { get; init; }

    /// <summary>What keeps it from being written, for people; null when nothing does.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Why the last attempt came to nothing, or why the backups cannot be removed.</summary>
    public StatusReason? Failure { get; init; }

    /// <summary>It answered a query since it was last not ready.</summary>
    public bool Answers { get; init; }

    /// <summary>Every instance was restarted since it was closed.</summary>
    public bool IsClosedEverywhere { get; init; }

    /// <summary>When the operator last showed something new.</summary>
    public DateTimeOffset ProgressSince { get; init; }
}
