using System.Security.Cryptography.X509Certificates;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>How a database is reached; it holds the password, so it is never printed.</summary>
/// <param name="Host">Of the primary's service.</param>
/// <param name="Password">The user's; null with a certificate.</param>
/// <param name="Ca">The certificate that the server's must come from, as PEM.</param>
internal sealed record DatabaseAddress(string Host, string? Password, string Ca)
{
    public int Port { get; init; } = 5432;

    /// <summary>Its owner, if it is nobody else.</summary>
    public string User { get; init; } = ClusterEndpoint.User;

    /// <summary>Of the user; null with a password.</summary>
    public X509Certificate2? Certificate { get; init; }

    public override string ToString() => Host;
}
