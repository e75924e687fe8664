namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>Which objects of a kind a list or a watch is about.</summary>
/// <param name="Namespace">Null: all.</param>
/// <param name="Labels">A label selector, for instance <c>app.kubernetes.io/managed-by=daap</c>; null: all.</param>
internal sealed record ObjectSelection(string? Namespace = null, string? Labels = null)
{
    public static ObjectSelection All { get; } = new();
}
