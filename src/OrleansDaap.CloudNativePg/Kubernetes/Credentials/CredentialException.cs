namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

/// <summary>There is no credential to ask with. Says why, and nothing that is secret.</summary>
internal sealed class CredentialException(string message) : Exception(message);
