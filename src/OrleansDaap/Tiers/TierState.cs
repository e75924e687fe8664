using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

/// <summary>A tier at one revision; databases keep the one that they were made with.</summary>
[GenerateSerializer, Immutable, Alias("daap.tier")]
public sealed record TierState : IAudited
{
    [Id(0)]
    public string Id { get; init; } = "";

    /// <summary>Raised by every change of the spec, from 1 on.</summary>
    [Id(1)]
    public int Revision { get; init; }

    [Id(2)]
    public TierSpec Spec { get; init; } = null!;

    [Id(3)]
    public DateTimeOffset CreatedAt { get; init; }

    [Id(4)]
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The version of the stored record, for clients that guard a change with it. Storage keeps it beside the state, not in it.</summary>
    [Id(5), JsonIgnore]
    public string? ETag { get; init; }

    /// <inheritdoc />
    [Id(6), JsonIgnore]
    public AuditEntry? Audit { get; init; }
}
