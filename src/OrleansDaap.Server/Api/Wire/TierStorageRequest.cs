using System.ComponentModel.DataAnnotations;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>The disk of each instance.</summary>
internal sealed record TierStorageRequest
{
    [Required, Range(1, TierRules.MaxStorageGib)]
    public int? SizeGib { get; init; }

    /// <summary>The storage class, where the backend knows any.</summary>
    public string? Class { get; init; }
}
