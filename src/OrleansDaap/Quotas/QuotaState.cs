using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>The limits of a tier's quota. What is used is in the ledger, a row per reservation, so that a reservation costs the same at any size.</summary>
[GenerateSerializer, Immutable, Alias("daap.quota-state")]
public sealed record QuotaState : IAudited
{
    [Id(0)]
    public QuotaLimits Limits { get; init; } = QuotaLimits.None;

    /// <inheritdoc />
    [Id(1), JsonIgnore]
    public AuditEntry? Audit { get; init; }
}
