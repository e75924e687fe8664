using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>A namespace for databases, in which nothing is allowed that a database's own policies do not allow.</summary>
internal static class NamespaceManifests
{
    /// <summary>In the order in which they are to be applied; before anything runs there.</summary>
    public static IEnumerable<JsonObject> Of(string ns, CloudNativePgOptions options) => [Namespace(ns), DefaultDeny(ns), SecretsBinding(ns, options)];

    // It does not bear the team's label: that lets workloads at databases, and a database is none.
    private static JsonObject Namespace(string ns)
    {
        var labels = Labels();
        labels["pod-security.kubernetes.io/enforce"] = "restricted";
        return ManifestParts.Of(ManifestParts.Core, "Namespace", ns: null, ns, labels);
    }

    private static JsonObject DefaultDeny(string ns) =>
        ManifestParts.Of(ManifestParts.Networking, "NetworkPolicy", ns, ObjectNames.DefaultDeny, Labels()).WithSpec(new JsonObject
        {
            ["podSelector"] = new JsonObject(),
            ["policyTypes"] = new JsonArray("Ingress", "Egress"),
        });

    private static JsonObject SecretsBinding(string ns, CloudNativePgOptions options)
    {
        var manifest = ManifestParts.Of("rbac.authorization.k8s.io/v1", "RoleBinding", ns, ObjectNames.SecretsRole, Labels());
        manifest["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = ObjectNames.SecretsRole };
        manifest["subjects"] = new JsonArray(new JsonObject
        {
            ["kind"] = "ServiceAccount",
            ["name"] = options.ServiceAccount,
            ["namespace"] = options.PlatformNamespace,
        });
        return manifest;
    }

    private static JsonObject Labels() => new() { [ObjectLabels.ManagedBy] = ObjectLabels.Manager };
}
