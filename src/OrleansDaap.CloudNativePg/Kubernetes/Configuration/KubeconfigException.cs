namespace OrleansDaap.CloudNativePg.Kubernetes.Configuration;

/// <summary>A kubeconfig that cannot be used.</summary>
internal sealed class KubeconfigException(string message) : Exception(message);
