namespace OrleansDaap.Server;

/// <summary>Where databases run.</summary>
public enum BackendKind
{
    /// <summary>As processes of this machine.</summary>
    Local,

    /// <summary>As clusters of CloudNativePG on Kubernetes.</summary>
    CloudNativePg,
}
