namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>What the API server says it is.</summary>
/// <param name="Major">For instance 1.</param>
/// <param name="Minor">For instance 34; some vendors append a plus, which is left out.</param>
/// <param name="Text">For instance <c>v1.34.1</c>.</param>
internal sealed record KubernetesVersion(int Major, int Minor, string Text);
