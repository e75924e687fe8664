using System.Globalization;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>Where a database answers, and where its password and its CA certificate are kept. It holds no secret itself.</summary>
internal sealed record ConnectionResponse
{
    private const string StrictestSslMode = "verify-full";

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string Database { get; init; }

    public required string User { get; init; }

    public required string Sslmode { get; init; }

    public required string Uri { get; init; }

    /// <summary>The connection pooler; null when the tier has none.</summary>
    public required PooledConnectionResponse? Pooled { get; init; }

    public required SecretLocationResponse Credentials { get; init; }

    public required SecretLocationResponse Ca { get; init; }

    public static ConnectionResponse Of(ClusterEndpoint endpoint) => new()
    {
        Host = endpoint.Host,
        Port = endpoint.Port,
        Database = ClusterEndpoint.Database,
        User = ClusterEndpoint.User,
        Sslmode = StrictestSslMode,
        Uri = UriOf(endpoint.Host, endpoint.Port),
        Pooled = endpoint.PooledPort is { } port ? Pool(endpoint.PooledHost ?? endpoint.Host, port) : null,
        Credentials = SecretLocationResponse.Of(endpoint.Credentials),
        Ca = SecretLocationResponse.Of(endpoint.Ca),
    };

    private static PooledConnectionResponse Pool(string host, int port) => new(host, port, UriOf(host, port));

    private static string UriOf(string host, int port)
    {
        // An IPv6 address stands in brackets, or its colons would read as the port's.
        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return string.Create(
            CultureInfo.InvariantCulture, $"postgresql://{ClusterEndpoint.User}@{name}:{port}/{ClusterEndpoint.Database}?sslmode={StrictestSslMode}");
    }
}
