namespace OrleansDaap.Provisioning;

/// <summary>An extension that is installed in a cluster's database <c>app</c>.</summary>
[GenerateSerializer, Immutable, Alias("daap.postgres-extension")]
public sealed record PostgresExtension([property: Id(0)] string Name, [property: Id(1)] string Version);
