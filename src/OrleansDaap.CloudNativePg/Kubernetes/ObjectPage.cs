namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>A part of a list.</summary>
/// <param name="Items">In the order of namespaces and names.</param>
/// <param name="ResourceVersion">The moment that all pages of the list show; a watch goes on from it.</param>
/// <param name="Continue">Asks for the next page; null on the last.</param>
internal sealed record ObjectPage(IReadOnlyList<KubernetesObject> Items, string ResourceVersion, string? Continue);
