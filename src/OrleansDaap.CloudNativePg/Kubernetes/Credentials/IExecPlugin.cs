namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>Runs a credential program once.</summary>
internal interface IExecPlugin
{
    /// <exception cref="CredentialException">It failed, or answered something else.</exception>
    Task<Credential> RunAsync(ExecSettings settings, CancellationToken cancellationToken);
}
