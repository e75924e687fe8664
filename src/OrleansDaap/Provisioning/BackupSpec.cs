namespace OrleansDaap.Provisioning;

/// <summary>That a cluster's changes are archived from its first moment on, and how long its backups live.</summary>
/// <param name="RetentionDays">A backup that is needed to restore to any moment of so many last days is kept.</param>
[GenerateSerializer, Immutable, Alias("daap.backup-spec")]
public sealed record BackupSpec([property: Id(0)] int RetentionDays);
