using System.ComponentModel.DataAnnotations;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>The connection pooler in front of each database.</summary>
internal sealed record PoolingPolicyRequest
{
    [Required]
    public PoolingMode? Mode { get; init; }

    /// <summary>Clients that may be connected to the pooler at once.</summary>
    [Required, Range(1, TierRules.MaxPoolConnections)]
    public int? MaxConnections { get; init; }
}
