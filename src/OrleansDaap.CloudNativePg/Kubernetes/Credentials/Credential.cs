using System.Security.Cryptography.X509Certificates;

namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>Proves who is asking. A class, and without a text of its own: it must not get into a log by accident.</summary>
internal sealed class Credential
{
    public static Credential None { get; } = new();

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>A client certificate with its key.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>When another is needed; null: it does not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
