namespace OrleansDaap.CloudNativePg.Kubernetes.Configuration;

/// <summary>Finds the cluster: the configured kubeconfig, else the pod's own, else what kubectl would use.</summary>
internal static class ClusterAccessFinder
{
    /// <param name="kubeconfig">A path; null: wherever it is.</param>
    /// <param name="context">Of the kubeconfig; null: its current one.</param>
    /// <param name="time">For what expires.</param>
    /// <param name="environment">The process's variables.</param>
    /// <param name="serviceAccount">Where a pod finds its service account.</param>
    /// <exception cref="KubeconfigException">There is none, or it cannot be used.</exception>
    public static ClusterAccess Find(
        string? kubeconfig, string? context, TimeProvider time, Func<string, string?> environment, string serviceAccount = InCluster.ServiceAccountDirectory)
    {
        if (kubeconfig is { Length: > 0 }) return Kubeconfig.Load(kubeconfig, context, time);
        if (InCluster.TryLoad(time, environment, serviceAccount) is { } pod) return pod;
        if (environment("KUBECONFIG") is { Length: > 0 } paths)
        {
            return paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) is [var only]
                ? Kubeconfig.Load(only, context, time)
                : throw new KubeconfigException("KUBECONFIG names several files; name the one to use in the settings.");
        }

        var usual = Path.Combine(environment("HOME") ?? "", ".kube", "config");
        return File.Exists(usual)
            ? Kubeconfig.Load(usual, context, time)
            : throw new KubeconfigException($"This is no pod with a service account, and there is no kubeconfig: not in the settings, not in KUBECONFIG, not at {usual}.");
    }
}
