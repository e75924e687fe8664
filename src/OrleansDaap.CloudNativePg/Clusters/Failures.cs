using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Puts what the API server refused into words: a code to branch on and what would mend it.</summary>
internal static class Failures
{
    /// <summary>Null for what passes by itself and is tried again: the server is away, too busy, or somebody else wrote first.</summary>
    public static (string Code, string Message)? Describe(Exception failure) => failure switch
    {
        ClusterFailureException known => (known.Code, known.Message),
        KubernetesException { IsNamespaceTerminating: true } => (
            "namespace-terminating",
            "The namespace of this database is being deleted by somebody, and nothing can be made in it; it is made anew when that has ended."),
        KubernetesException { IsRefusal: true } refusal => ("kubernetes-refused", $"Kubernetes refuses what the database needs: {refusal.Message}"),
        KubernetesException { IsNotFound: true } missing => (
            "kubernetes-incomplete", $"Something that databases need is not installed, or was just deleted: {missing.Message}"),
        KubernetesException { Status: System.Net.HttpStatusCode.Unauthorized } denied => ("kubernetes-denied", denied.Message),
        _ => null,
    };
}
