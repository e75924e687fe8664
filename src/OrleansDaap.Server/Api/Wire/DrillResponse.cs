using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>How the newest backup is proven: it is restored beside the database, compared with it and thrown away.</summary>
internal sealed record DrillResponse
{
    /// <summary>Five-field cron, in UTC.</summary>
    public required string Schedule { get; init; }

    public required DateTimeOffset? LastRunAt { get; init; }

    /// <summary>Why the last one failed; null when it did not.</summary>
    public required StatusReason? LastFailure { get; init; }

    /// <summary>From the beginning of the restore to the first answered query, in the last drill that succeeded.</summary>
    public required double? RecoverySeconds { get; init; }

    /// <summary>Everything committed up to here was found in a restored database.</summary>
    public required DateTimeOffset? ProvenRestorableAt { get; init; }

    public static DrillResponse Of(BackupPolicy policy, BackupState? backups) => new()
    {
        Schedule = policy.Drill,
        LastRunAt = backups?.LastDrill?.FinishedAt,
        LastFailure = backups?.LastDrill?.Failure,
        RecoverySeconds = backups?.LastProof?.RecoveryTime?.TotalSeconds,
        ProvenRestorableAt = backups?.LastProof?.ProvenAt,
    };
}
