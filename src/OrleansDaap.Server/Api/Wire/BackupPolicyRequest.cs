using System.ComponentModel.DataAnnotations;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>When backups are taken, and how long they live.</summary>
internal sealed record BackupPolicyRequest
{
    /// <summary>Five-field cron, in UTC.</summary>
    [Required, StringLength(CronSchedule.MaxLength)]
    public string? Schedule { get; init; }

    [Required, Range(1, TierRules.MaxRetentionDays)]
    public int? RetentionDays { get; init; }
}
