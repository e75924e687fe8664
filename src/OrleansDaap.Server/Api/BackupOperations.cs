using OrleansDaap.Backups;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api;

/// <summary>The backups that were asked for, as the long work that they are: those that wait or run, and the latest that have ended.</summary>
internal static class BackupOperations
{
    private const string Step = "take-backup";

    public static IEnumerable<Operation> Of(BackupState state) => state.Failed.Concat(state.Succeeded).Select(Ended).Concat(
        state.Queue.Where(queued => queued.Cause == BackupCause.OnDemand).Select(queued => Waiting(queued, isFirst: queued == state.Queue[0])));

    private static Operation Ended(Backup backup)
    {
        var status = backup.Status == BackupStatus.Failed ? OperationStatus.Failed : OperationStatus.Succeeded;
        return new()
        {
            Id = backup.Id,
            Kind = OperationKind.Backup,
            Status = status,
            Steps = [new(Step, status, backup.BegunAt ?? backup.StartedAt, backup.FinishedAt)],
            StartedAt = backup.StartedAt,
            FinishedAt = backup.FinishedAt,
            Error = backup.Error,
        };
    }

    private static Operation Waiting(QueuedBackup queued, bool isFirst) => new()
    {
        Id = queued.Request.Id,
        Kind = OperationKind.Backup,
        Status = OperationStatus.Running,
        Steps = [isFirst ? new(Step, OperationStatus.Running, queued.BegunAt ?? queued.RequestedAt, null) : new(Step, OperationStatus.Pending, null, null)],
        StartedAt = queued.RequestedAt,
    };
}
