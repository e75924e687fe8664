using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>When backups are taken, and how long they live.</summary>
internal sealed record BackupGuaranteeResponse
{
    /// <summary>Five-field cron, in UTC.</summary>
    public required string Schedule { get; init; }

    public required int RetentionDays { get; init; }

    public static BackupGuaranteeResponse Of(BackupPolicy policy) => new() { Schedule = policy.Schedule, RetentionDays = policy.RetentionDays };
}
