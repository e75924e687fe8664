namespace OrleansDaap.Common;

/// <summary>One dimension of a quota that a request would take over its limit; amounts in the dimension's own unit.</summary>
[GenerateSerializer, Immutable, Alias("daap.quota-violation")]
public sealed record QuotaViolation(
    [property: Id(0)] string Resource, [property: Id(1)] decimal Requested, [property: Id(2)] decimal Used, [property: Id(3)] decimal Limit);
