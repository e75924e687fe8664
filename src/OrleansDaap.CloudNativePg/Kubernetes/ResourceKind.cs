namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>A kind of object that the API server keeps, and where.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">As in <c>apiVersion</c>, after the group.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Kind">As manifests name it.</param>
/// <param name="IsNamespaced">False for kinds that belong to the whole cluster.</param>
internal sealed record ResourceKind(string Group, string Version, string Plural, string Kind, bool IsNamespaced = true)
{
    public static ResourceKind Namespace { get; } = new("", "v1", "namespaces", "Namespace", IsNamespaced: false);

    public static ResourceKind Secret { get; } = new("", "v1", "secrets", "Secret");

    public static ResourceKind NetworkPolicy { get; } = new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy");

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Of all objects of the kind, in one namespace or, with null, in all.</summary>
    public string CollectionPath(string? @namespace) =>
        (Group.Length == 0 ? $"/api/{Version}/" : $"/apis/{Group}/{Version}/")
        + (IsNamespaced && @namespace is not null ? $"namespaces/{Uri.EscapeDataString(@namespace)}/" : "")
        + Plural;

    /// <param name="namespace">Null for kinds of the whole cluster only.</param>
    /// <param name="name">The object's.</param>
    /// <param name="subresource">For instance <c>status</c>; null for the object itself.</param>
    public string ObjectPath(string? @namespace, string name, string? subresource = null)
    {
        if (IsNamespaced) ArgumentException.ThrowIfNullOrEmpty(@namespace);
        return $"{CollectionPath(@namespace)}/{Uri.EscapeDataString(name)}{(subresource is null ? "" : $"/{subresource}")}";
    }

    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
