namespace OrleansDaap.Tiers;

/// <summary>The connection pooler of a tier's databases.</summary>
/// <param name="MaxConnections">Clients that may be connected to the pooler at once.</param>
[GenerateSerializer, Immutable, Alias("daap.pooling-policy")]
public sealed record PoolingPolicy([property: Id(0)] PoolingMode Mode, [property: Id(1)] int MaxConnections);
