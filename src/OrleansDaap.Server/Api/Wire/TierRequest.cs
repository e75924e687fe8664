using System.ComponentModel.DataAnnotations;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>What a tier promises.</summary>
// The annotations without a message only describe; TierRules decides.
internal record TierRequest
{
    [StringLength(TierRules.MaxDescriptionLength)]
    public string? Description { get; init; }

    /// <summary>The major version; it must be installed.</summary>
    [Required, Range(TierRules.MinPostgresVersion, TierRules.MaxPostgresVersion)]
    public int? PostgresVersion { get; init; }

    /// <summary>The primary and its standbys.</summary>
    [Required, Range(1, TierRules.MaxInstances)]
    public int? Instances { get; init; }

    /// <summary>Of each instance; at most 3 decimals.</summary>
    [Required, Range(0.0, TierRules.MaxCpuCores, MinimumIsExclusive = true)]
    public decimal? CpuCores { get; init; }

    /// <summary>Of each instance; at most 3 decimals.</summary>
    [Required, Range(0.0, TierRules.MaxMemoryGib, MinimumIsExclusive = true)]
    public decimal? MemoryGib { get; init; }

    [Required]
    public TierStorageRequest? Storage { get; init; }

    public BackupPolicyRequest? Backup { get; init; }

    /// <summary>When the newest backup is proven to restore: five-field cron, in UTC; weekly unless given. Of no meaning without backups.</summary>
    [StringLength(CronSchedule.MaxLength)]
    public string? Drill { get; init; }

    /// <summary>After so many days a backup is a full one again, those between are incremental; 7 unless given. Of no meaning without backups.</summary>
    [Range(1, TierRules.MaxFullEveryDays)]
    public int? FullBackupEveryDays { get; init; }

    public PoolingPolicyRequest? Pooling { get; init; }

    /// <summary>What deleting a database does: freeze it, keep a proven last backup, or remove everything.</summary>
    [Required]
    public DestructionStrategy? DestructionStrategy { get; init; }

    /// <summary>How long the backups of an archived database live; needed for the strategy "archive".</summary>
    [Range(1, TierRules.MaxRetentionDays)]
    public int? ArchiveRetentionDays { get; init; }

    public static TierRequest Of(TierSpec spec) => new()
    {
        Description = spec.Description,
        PostgresVersion = spec.PostgresVersion,
        Instances = spec.Instances,
        CpuCores = spec.CpuCores,
        MemoryGib = spec.MemoryGib,
        Storage = new() { SizeGib = spec.Storage.SizeGib, Class = spec.Storage.Class },
        Backup = spec.Backup is { } backup ? new() { Schedule = backup.Schedule, RetentionDays = backup.RetentionDays } : null,
        Drill = spec.Backup?.Drill,
        FullBackupEveryDays = spec.Backup?.FullEveryDays,
        Pooling = spec.Pooling is { } pooling ? new() { Mode = pooling.Mode, MaxConnections = pooling.MaxConnections } : null,
        DestructionStrategy = spec.DestructionStrategy,
        ArchiveRetentionDays = spec.ArchiveRetentionDays,
    };

    /// <summary>
    /// The spec that was asked for. What is missing gets a sound stand-in, so that the rules can judge the rest: the mistake of the
    /// missing field itself is already known.
    /// </summary>
    public TierSpec ToSpec() => new()
    {
        Description = Description ?? "",
        PostgresVersion = PostgresVersion ?? TierRules.MaxPostgresVersion,
        Instances = Instances ?? 1,
        CpuCores = CpuCores ?? 1,
        MemoryGib = MemoryGib ?? 1,
        Storage = new(Storage?.SizeGib ?? 1, Storage?.Class),
        Backup = Backup is null ? null : new()
        {
            Schedule = Backup.Schedule ?? "0 0 * * *",
            RetentionDays = Backup.RetentionDays ?? 1,
            FullEveryDays = FullBackupEveryDays ?? BackupPolicy.WeeklyFull,
            Drill = Drill ?? BackupPolicy.WeeklyDrill,
        },
        Pooling = Pooling is null ? null : new(Pooling.Mode ?? PoolingMode.Transaction, Pooling.MaxConnections ?? 1),
        DestructionStrategy = DestructionStrategy ?? Tiers.DestructionStrategy.Freeze,
        ArchiveRetentionDays = ArchiveRetentionDays,
    };
}
