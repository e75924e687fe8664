using OrleansDaap.Provisioning;

namespace OrleansDaap.Backups;

/// <summary>A backup that is wanted and has not ended well yet.</summary>
/// <param name="BegunAt">When its turn came; null while it waits for it.</param>
[GenerateSerializer, Immutable, Alias("daap.queued-backup")]
public sealed record QueuedBackup(
    [property: Id(0)] BackupRequest Request, [property: Id(1)] BackupCause Cause, [property: Id(2)] DateTimeOffset RequestedAt,
    [property: Id(3)] DateTimeOffset? BegunAt = null);
