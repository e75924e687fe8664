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

    /// <summary>After so many days a backup is a full one again; those between are incremental. 7 unless given.</summary>
    [Range(1, TierRules.MaxFullEveryDays)]
    public int? FullEveryDays { get; init; }

    /// <summary>When the newest backup is proven to restore: five-field cron, in UTC. Weekly unless given.</summary>
    [StringLength(CronSchedule.MaxLength)]
    public string? Drill { get; init; }

    public static BackupPolicyRequest Of(BackupPolicy policy) => new()
    {
        Schedule = policy.Schedule,
        RetentionDays = policy.RetentionDays,
        FullEveryDays = policy.FullEveryDays,
        Drill = policy.Drill,
    };

    /// <summary>With sound stand-ins for what is missing; see <see cref="TierRequest.ToSpec"/>.</summary>
    public BackupPolicy ToPolicy() => new()
    {
        Schedule = Schedule ?? "0 0 * * *",
        RetentionDays = RetentionDays ?? 1,
        FullEveryDays = FullEveryDays ?? BackupPolicy.WeeklyFull,
        Drill = Drill ?? BackupPolicy.WeeklyDrill,
    };
}
