using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A tier as a product team sees it: what it promises, not how.</summary>
internal sealed record ProductTierResponse
{
    public required string Id { get; init; }

    public required string Description { get; init; }

    public required int PostgresVersion { get; init; }

    public required GuaranteesResponse Guarantees { get; init; }

    public static ProductTierResponse Of(TierState tier) => new()
    {
        Id = tier.Id,
        Description = tier.Spec.Description,
        PostgresVersion = tier.Spec.PostgresVersion,
        Guarantees = new()
        {
            HighAvailability = tier.Spec.Instances > 1,
            Backup = tier.Spec.Backup is { } backup ? BackupGuaranteeResponse.Of(backup) : null,
            ConnectionPooling = tier.Spec.Pooling is not null,
            DestructionStrategy = tier.Spec.DestructionStrategy,
            ArchiveRetentionDays = tier.Spec.ArchiveRetentionDays,
        },
    };
}
