namespace OrleansDaap.CloudNativePg.Kubernetes.Caching;

/// <summary>An object differs from what the cache showed before.</summary>
/// <param name="Key">Which.</param>
/// <param name="Before">Null: it was not there.</param>
/// <param name="Now">Null: it is gone.</param>
internal readonly record struct ObjectChange(ObjectKey Key, KubernetesObject? Before, KubernetesObject? Now);
