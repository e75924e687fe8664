using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>The kinds of objects that databases are made of.</summary>
internal static class Kinds
{
    private const string Postgres = "postgresql.cnpg.io";

    public static ResourceKind Cluster { get; } = new(Postgres, "v1", "clusters", "Cluster");

    public static ResourceKind Pooler { get; } = new(Postgres, "v1", "poolers", "Pooler");

    public static ResourceKind Backup { get; } = new(Postgres, "v1", "backups", "Backup");

    public static ResourceKind ImageCatalog { get; } = new(Postgres, "v1", "imagecatalogs", "ImageCatalog");

    public static ResourceKind ObjectStore { get; } = new("barmancloud.cnpg.io", "v1", "objectstores", "ObjectStore");

    public static ResourceKind RoleBinding { get; } = new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");

    public static ResourceKind Pod { get; } = new("", "v1", "pods", "Pod");

    /// <summary>One watch each; secrets cannot be listed, and of pods there are too many.</summary>
    public static IList<ResourceKind> Watched { get; } = [Cluster, Pooler, Backup, ObjectStore, ResourceKind.NetworkPolicy];

    private static readonly Dictionary<string, ResourceKind> ByName = new ResourceKind[]
    {
        Cluster, Pooler, Backup, ImageCatalog, ObjectStore, RoleBinding, ResourceKind.Namespace, ResourceKind.Secret, ResourceKind.NetworkPolicy,
    }.ToDictionary(kind => kind.Kind);

    public static ResourceKind Of(JsonObject manifest) => ByName[manifest["kind"]!.GetValue<string>()];
}
