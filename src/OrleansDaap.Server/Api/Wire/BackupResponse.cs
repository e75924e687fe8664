using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>One backup of a database.</summary>
internal sealed record BackupResponse
{
    public required string Id { get; init; }

    public required string DatabaseId { get; init; }

    public required BackupType Type { get; init; }

    /// <summary>Pending while another one is being taken, or while it waits to be tried again.</summary>
    public required OperationStatus Status { get; init; }

    /// <summary>While it is pending, when it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What it takes in the repository beyond the backups that it builds on, in bytes; null until it is there.</summary>
    public required long? SizeBytes { get; init; }

    /// <summary>The first WAL file that restoring it takes.</summary>
    public required string? WalStart { get; init; }

    public required string? WalStop { get; init; }

    /// <summary>Whether every page's checksum was right; null where that is not known.</summary>
    public required bool? ChecksumsVerified { get; init; }

    /// <summary>Why it failed, or what stands in its way while it is tried again.</summary>
    public required StatusReason? Error { get; init; }

    public static BackupResponse Of(DatabaseId database, Backup backup) => new()
    {
        Id = backup.Id,
        DatabaseId = database.Value,
        Type = backup.Type,
        Status = backup.Status switch
        {
            BackupStatus.Running => OperationStatus.Running,
            BackupStatus.Succeeded => OperationStatus.Succeeded,
            BackupStatus.Failed => OperationStatus.Failed,
        },
        StartedAt = backup.StartedAt,
        FinishedAt = backup.FinishedAt,
        SizeBytes = backup.SizeBytes,
        WalStart = backup.WalStart,
        WalStop = backup.WalStop,
        ChecksumsVerified = backup.ChecksumsVerified,
        Error = backup.Error,
    };

    public static BackupResponse Of(DatabaseId database, QueuedBackup queued, StatusReason? hindrance) => new()
    {
        Id = queued.Request.Id,
        DatabaseId = database.Value,
        Type = queued.Request.Type,
        Status = OperationStatus.Pending,
        StartedAt = queued.RequestedAt,
        FinishedAt = null,
        SizeBytes = null,
        WalStart = null,
        WalStop = null,
        ChecksumsVerified = null,
        Error = hindrance,
    };
}
