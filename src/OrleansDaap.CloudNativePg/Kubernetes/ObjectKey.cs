namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>Which object of a kind.</summary>
/// <param name="Namespace">Null for kinds of the whole cluster.</param>
/// <param name="Name">Unique in the namespace.</param>
internal readonly record struct ObjectKey(string? Namespace, string Name)
{
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
