using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>What came of restoring the newest backup to a scratch cluster and comparing that with its source.</summary>
[GenerateSerializer, Immutable, Alias("daap.drill-result")]
public sealed record DrillResult
{
    /// <summary>Of the request.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>From the beginning of the restore to the first answered query; null when it did not come to that.</summary>
    [Id(2)]
    public TimeSpan? RecoveryTime { get; init; }

    /// <summary>Everything committed up to here was found in the restored cluster; null unless the drill succeeded.</summary>
    [Id(3)]
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>What was wrong; null when nothing was.</summary>
    [Id(4)]
    public StatusReason? Failure { get; init; }

    /// <summary>What was found wrong with the source of a backup that is good nevertheless; null when nothing was.</summary>
    [Id(5)]
    public StatusReason? Warning { get; init; }

    /// <summary>False: the source could not be read, so the restored cluster was only seen to work.</summary>
    [Id(6)]
    public bool Compared { get; init; }
}
