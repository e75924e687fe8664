using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>What the tier promises in backups, and what has come of it.</summary>
internal sealed record DatabaseBackupResponse
{
    public required bool Enabled { get; init; }

    public required string? Schedule { get; init; }

    public required int? RetentionDays { get; init; }

    public required DateTimeOffset? LastSuccessfulAt { get; init; }

    public required DateTimeOffset? EarliestRestoreAt { get; init; }

    public required DateTimeOffset? LatestRestoreAt { get; init; }

    public required StatusReason? LastFailure { get; init; }

    public static DatabaseBackupResponse Of(BackupPolicy? policy) => new()
    {
        Enabled = policy is not null,
        Schedule = policy?.Schedule,
        RetentionDays = policy?.RetentionDays,
        LastSuccessfulAt = null,
        EarliestRestoreAt = null,
        LatestRestoreAt = null,
        LastFailure = null,
    };
}
