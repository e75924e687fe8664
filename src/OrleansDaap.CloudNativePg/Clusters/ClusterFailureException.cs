namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>A cluster cannot be what is wanted, for a reason that the next attempt meets again until somebody changes something.</summary>
internal sealed class ClusterFailureException(string code, string message) : Exception(message)
{
    /// <summary>Stable, lower-case, for programs.</summary>
    public string Code { get; } = code;
}
