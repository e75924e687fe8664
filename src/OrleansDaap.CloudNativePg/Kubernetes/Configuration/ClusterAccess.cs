using System.Security.Cryptography.X509Certificates;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;

namespace OrleansDaap.CloudNativePg.Kubernetes.Configuration;

/// <summary>Where the API server is, who vouches for it, and as whom it is asked.</summary>
internal sealed record ClusterAccess
{
    public required Uri Server { get; init; }

    /// <summary>Who vouches for the server; empty: whom the system trusts.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>The name that the server's certificate must have when it is not the host's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Takes any certificate: only where the configuration asks for it in these words.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The namespace of the context, or of the pod.</summary>
    public string Namespace { get; init; } = "default";

    public required ICredentialSource Credentials { get; init; }

    // A record would print its properties.
    public override string ToString() => Server.ToString();
}
