namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>One line of a watch.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Object">For a bookmark it holds a resourceVersion only; for a deletion, the last state.</param>
internal sealed record WatchEvent(WatchEventKind Kind, KubernetesObject Object);
