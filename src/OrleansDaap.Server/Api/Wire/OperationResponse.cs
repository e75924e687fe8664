using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>One piece of long work on a database.</summary>
internal sealed record OperationResponse
{
    public required string Id { get; init; }

    public required string DatabaseId { get; init; }

    public required OperationKind Kind { get; init; }

    public required OperationStatus Status { get; init; }

    /// <summary>In the order in which they are done.</summary>
    public required IReadOnlyList<OperationStep> Steps { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed, or what stands in its way while it is tried again.</summary>
    public required StatusReason? Error { get; init; }

    /// <summary>A backup is followed as other long work is.</summary>
    public static OperationResponse Of(BackupResponse backup) => new()
    {
        Id = backup.Id,
        DatabaseId = backup.DatabaseId,
        Kind = OperationKind.Backup,
        Status = backup.Status == OperationStatus.Pending ? OperationStatus.Running : backup.Status,
        Steps = [new("take-backup", backup.Status, backup.Status == OperationStatus.Pending ? null : backup.StartedAt, backup.FinishedAt)],
        StartedAt = backup.StartedAt,
        FinishedAt = backup.FinishedAt,
        Error = backup.Error,
    };

    public static OperationResponse Of(DatabaseId database, Operation operation) => new()
    {
        Id = operation.Id,
        DatabaseId = database.Value,
        Kind = operation.Kind,
        Status = operation.Status,
        Steps = operation.Steps,
        StartedAt = operation.StartedAt,
        FinishedAt = operation.FinishedAt,
        Error = operation.Error,
    };
}
