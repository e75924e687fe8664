using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>A database's latest operations. At most one runs; a later wish ends the one before it. Pure.</summary>
internal static class OperationLog
{
    /// <summary>An operation is about 0.5 KB of state, which is written whole with every change.</summary>
    private const int Kept = 20;

    /// <summary>Adds a running operation at its first step, ending the one that runs.</summary>
    public static DatabaseState Begin(DatabaseState state, OperationKind kind, DateTimeOffset now)
    {
        var number = state.OperationCount + 1;
        var operation = new Operation
        {
            Id = OperationId.Of(state.Id, number),
            Kind = kind,
            Status = OperationStatus.Running,
            Steps = Steps(kind, now),
            StartedAt = now,
        };
        return state with
        {
            OperationCount = number,
            Operations = [.. Superseded(state.Operations, kind, now).TakeLast(Kept - 1), operation],
        };
    }

    /// <summary>Ends the running operation well.</summary>
    public static IReadOnlyList<Operation> Succeeded(IReadOnlyList<Operation> operations, DateTimeOffset now) => WithRunning(operations, running => running with
    {
        Status = OperationStatus.Succeeded,
        Steps = [.. running.Steps.Select(step => Done(step, now))],
        FinishedAt = now,
        Error = null,
    });

    /// <summary>Notes what stands in the way of the running operation, which is tried again.</summary>
    public static IReadOnlyList<Operation> Hindered(IReadOnlyList<Operation> operations, StatusReason reason) =>
        WithRunning(operations, running => running with { Error = reason });

    /// <summary>The running operation is at this step: those before it are done.</summary>
    public static IReadOnlyList<Operation> Reached(IReadOnlyList<Operation> operations, string step, DateTimeOffset now) => WithRunning(operations, running =>
    {
        var at = running.Steps.ToList().FindIndex(one => one.Name == step);
        return at < 0 || running.Steps[at].Status == OperationStatus.Running
            ? running
            : running with { Steps = [.. running.Steps.Select((one, i) => i < at ? Done(one, now) : i == at ? Running(step, now) : one)], Error = null };
    });

    /// <summary>Ends the running operation badly, for good.</summary>
    public static IReadOnlyList<Operation> Failed(IReadOnlyList<Operation> operations, StatusReason reason, DateTimeOffset now) =>
        WithRunning(operations, running => Failed(running, reason, now));

    private static IReadOnlyList<Operation> Superseded(IReadOnlyList<Operation> operations, OperationKind by, DateTimeOffset now) =>
        Failed(operations, new StatusReason("superseded", $"A later request ({WireName.Of(by)}) took its place.", now), now);

    private static Operation Failed(Operation running, StatusReason reason, DateTimeOffset now) => running with
    {
        Status = OperationStatus.Failed,
        Steps = [.. running.Steps.Select(step => step.Status == OperationStatus.Running ? step with { Status = OperationStatus.Failed, FinishedAt = now } : step)],
        FinishedAt = now,
        Error = reason,
    };

    private static OperationStep Done(OperationStep step, DateTimeOffset now) => step.Status == OperationStatus.Succeeded
        ? step
        : step with { Status = OperationStatus.Succeeded, StartedAt = step.StartedAt ?? now, FinishedAt = now };

    private static IReadOnlyList<Operation> WithRunning(IReadOnlyList<Operation> operations, Func<Operation, Operation> change) =>
        operations is [.., { Status: OperationStatus.Running } running] ? [.. operations.SkipLast(1), change(running)] : operations;

    private static OperationStep[] Steps(OperationKind kind, DateTimeOffset now) => kind switch
    {
        OperationKind.Create => [new("reserve-quota", OperationStatus.Succeeded, now, now), Running("provision-cluster", now)],
        OperationKind.Freeze => [Running("stop-cluster", now)],
        OperationKind.Unfreeze => [Running("start-cluster", now)],
        OperationKind.HardDelete => [Running("remove-cluster", now), Pending("release-quota"), Pending("remove-backups")],
        OperationKind.Archive =>
        [
            Running("close-cluster", now), Pending("take-last-backup"), Pending("prove-last-backup"), Pending("remove-cluster"), Pending("release-quota"),
        ],
        OperationKind.Purge => [Running("remove-backups", now)],
        OperationKind.Backup => [Running("take-backup", now)],
        OperationKind.Restore => [new("reserve-quota", OperationStatus.Succeeded, now, now), Running("restore-cluster", now)],
        OperationKind.MoveTier => [new("reserve-quota", OperationStatus.Succeeded, now, now), Running("apply-cluster", now), Pending("release-quota")],
    };

    private static OperationStep Running(string name, DateTimeOffset now) => new(name, OperationStatus.Running, now, null);

    private static OperationStep Pending(string name) => new(name, OperationStatus.Pending, null, null);
}
