namespace OrleansDaap.Tiers;

/// <summary>When a tier's databases are backed up, and how long backups live.</summary>
/// <param name="Schedule">Five-field cron, in UTC.</param>
[GenerateSerializer, Immutable, Alias("daap.backup-policy")]
public sealed record BackupPolicy([property: Id(0)] string Schedule, [property: Id(1)] int RetentionDays);
