namespace OrleansDaap.Provisioning;

/// <summary>Where a cluster answers, and where its credentials and its CA are kept. It holds no secret itself.</summary>
/// <param name="PooledPort">The pooler's port on <paramref name="PooledHost"/>; null without a pooler.</param>
[GenerateSerializer, Immutable, Alias("daap.cluster-endpoint")]
public sealed record ClusterEndpoint(
    [property: Id(0)] string Host,
    [property: Id(1)] int Port,
    [property: Id(2)] string? PooledHost,
    [property: Id(3)] int? PooledPort,
    [property: Id(4)] SecretLocation Credentials,
    [property: Id(5)] SecretLocation Ca)
{
    /// <summary>The database and the role that every cluster is made with.</summary>
    public const string Database = "app";
    public const string User = "app";
}
