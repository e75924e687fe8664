using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A tier as the platform team sees it.</summary>
internal sealed record TierResponse
{
    public required string Id { get; init; }

    public required string Description { get; init; }

    public required int PostgresVersion { get; init; }

    public required int Instances { get; init; }

    public required decimal CpuCores { get; init; }

    public required decimal MemoryGib { get; init; }

    public required TierStorage Storage { get; init; }

    public required BackupGuaranteeResponse? Backup { get; init; }

    /// <summary>When the newest backup is proven to restore; null without backups.</summary>
    public required string? Drill { get; init; }

    /// <summary>After so many days a backup is a full one again; null without backups.</summary>
    public required int? FullBackupEveryDays { get; init; }

    public required PoolingPolicy? Pooling { get; init; }

    public required DestructionStrategy DestructionStrategy { get; init; }

    public required int? ArchiveRetentionDays { get; init; }

    /// <summary>Raised by every change, from 1 on. Databases keep the revision that they were made with.</summary>
    public required int Revision { get; init; }

    /// <summary>Databases that refer to the tier and are not deleted.</summary>
    public required int Databases { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static TierResponse Of(TierState tier, int databases) => new()
    {
        Id = tier.Id,
        Description = tier.Spec.Description,
        PostgresVersion = tier.Spec.PostgresVersion,
        Instances = tier.Spec.Instances,
        CpuCores = tier.Spec.CpuCores,
        MemoryGib = tier.Spec.MemoryGib,
        Storage = tier.Spec.Storage,
        Backup = tier.Spec.Backup is { } backup ? BackupGuaranteeResponse.Of(backup) : null,
        Drill = tier.Spec.Backup?.Drill,
        FullBackupEveryDays = tier.Spec.Backup?.FullEveryDays,
        Pooling = tier.Spec.Pooling,
        DestructionStrategy = tier.Spec.DestructionStrategy,
        ArchiveRetentionDays = tier.Spec.ArchiveRetentionDays,
        Revision = tier.Revision,
        Databases = databases,
        CreatedAt = tier.CreatedAt,
        UpdatedAt = tier.UpdatedAt,
    };
}
