namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>As whom the API server is asked; asked before every request, since credentials rotate.</summary>
internal interface ICredentialSource
{
    ValueTask<Credential> GetAsync(CancellationToken cancellationToken);

    /// <summary>The server did not take this one.</summary>
    /// <returns>Whether there may be another now, so that asking again makes sense.</returns>
    bool Refused(Credential credential);
}
