namespace OrleansDaap.Provisioning;

/// <summary>The PgBouncer in front of a cluster.</summary>
/// <param name="Mode">PgBouncer's <c>pool_mode</c>.</param>
/// <param name="MaxConnections">Clients that may be connected at once.</param>
[GenerateSerializer, Immutable, Alias("daap.pooler-spec")]
public sealed record PoolerSpec([property: Id(0)] PoolMode Mode, [property: Id(1)] int MaxConnections);
