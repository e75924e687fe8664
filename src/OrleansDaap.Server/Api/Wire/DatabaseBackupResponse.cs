using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>What the tier promises in backups, and what has come of it.</summary>
internal sealed record DatabaseBackupResponse
{
    public required bool Enabled { get; init; }

    public required string? Schedule { get; init; }

    public required int? RetentionDays { get; init; }

    public required DateTimeOffset? LastSuccessfulAt { get; init; }

    /// <summary>The first moment that the database can be restored to; null before the first backup has ended, or was seen.</summary>
    public required DateTimeOffset? EarliestRestoreAt { get; init; }

    /// <summary>The last such moment: the present while changes are being archived.</summary>
    public required DateTimeOffset? LatestRestoreAt { get; init; }

    /// <summary>Why the last backup failed; null when it did not.</summary>
    public required StatusReason? LastFailure { get; init; }

    /// <summary>No change waits longer to be archived: what the loss of the database's machine may cost at most.</summary>
    public required double? ArchiveTimeoutSeconds { get; init; }

    /// <summary>What all backups take in the repository.</summary>
    public required long? SizeBytes { get; init; }

    /// <summary>Null where the tier takes no backups.</summary>
    public required DrillResponse? Drill { get; init; }

    /// <summary>When an archived database's backups are deleted.</summary>
    public required DateTimeOffset? PurgeAt { get; init; }

    public static DatabaseBackupResponse Of(DatabaseState database, DateTimeOffset now)
    {
        var policy = database.Tier.Spec.Backup;
        var seen = database.Observed?.Backups;
        return new()
        {
            Enabled = policy is not null,
            Schedule = policy?.Schedule,
            RetentionDays = policy?.RetentionDays,
            LastSuccessfulAt = seen?.LastSuccessfulAt ?? database.Backups?.LastSuccessfulAt,
            EarliestRestoreAt = seen?.EarliestRestoreAt,
            LatestRestoreAt = database.Observed is { } observed ? RestoreWindow.Latest(database, observed, now) : null,
            LastFailure = database.Backups?.LastFailure,
            ArchiveTimeoutSeconds = seen?.ArchiveTimeout.TotalSeconds,
            SizeBytes = seen?.SizeBytes,
            Drill = policy is null ? null : DrillResponse.Of(policy, database.Backups),
            PurgeAt = database.Archive?.PurgeAt,
        };
    }
}
