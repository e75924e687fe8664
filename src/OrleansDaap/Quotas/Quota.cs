using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>A tier's quota as it stands.</summary>
/// <param name="ETag">The version of the limits, for clients that guard a change with it: what is used changes all the time.</param>
[GenerateSerializer, Immutable, Alias("daap.quota")]
public sealed record Quota(
    [property: Id(0)] string Tier,
    [property: Id(1)] QuotaLimits Limits,
    [property: Id(2)] ResourceAmounts Used,
    [property: Id(3)] string? ETag = null,
    [property: Id(4)] AuditEntry? Audit = null) : IAudited
{
    /// <summary>The version of limits that nobody has set yet; storage's begin at 1.</summary>
    public const string NeverSet = "0";
}
