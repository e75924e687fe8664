using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>What a tier promises to a product team.</summary>
internal sealed record GuaranteesResponse
{
    /// <summary>A standby takes over when the primary fails.</summary>
    public required bool HighAvailability { get; init; }

    public required BackupGuaranteeResponse? Backup { get; init; }

    public required bool ConnectionPooling { get; init; }

    public required DestructionStrategy DestructionStrategy { get; init; }

    public required int? ArchiveRetentionDays { get; init; }
}
