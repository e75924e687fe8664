using System.Collections.Immutable;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>The objects of one database, by its label, as the watches have shown them.</summary>
internal sealed record DatabaseObjects(DatabaseId Id, ImmutableDictionary<ObjectId, KubernetesObject> All)
{
    public static DatabaseObjects None(DatabaseId id) => new(id, ImmutableDictionary<ObjectId, KubernetesObject>.Empty);

    public bool IsEmpty => All.IsEmpty;

    public KubernetesObject? Cluster => Find(Kinds.Cluster, Id.Value);

    public KubernetesObject? Pooler => Find(Kinds.Pooler, ObjectNames.Pooler(Id));

    public KubernetesObject? Store => Find(Kinds.ObjectStore, Id.Value);

    public IEnumerable<KubernetesObject> Backups => All.Where(one => one.Key.Kind == Kinds.Backup).Select(one => one.Value);

    /// <summary>Where they are, whoever owns the database now; null when there are none.</summary>
    public string? Namespace => Cluster?.Namespace ?? Store?.Namespace ?? All.Keys.FirstOrDefault().Key.Namespace;

    /// <summary>Whether only what restores are made from is left, or nothing.</summary>
    public bool IsGone => All.Keys.All(one => one.Kind == Kinds.Backup || one.Kind == Kinds.ObjectStore);

    public KubernetesObject? Find(ResourceKind kind, string name)
    {
        foreach (var (id, value) in All)
        {
            if (id.Kind == kind && id.Key.Name == name) return value;
        }

        return null;
    }
}
