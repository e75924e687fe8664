namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>One credential, or none, for good.</summary>
internal sealed class FixedCredentials(Credential credential) : ICredentialSource
{
    public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => new(credential);

    public bool Refused(Credential refused) => false;
}
