using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The labels that tell whose an object is, and select the operator's pods.</summary>
internal static class ObjectLabels
{
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string Manager = "daap";
    public const string Database = "daap.io/database";
    public const string Tier = "daap.io/tier";

    /// <summary>On a database's objects its owner; on a namespace the team whose workloads run there, and may reach its databases.</summary>
    public const string Team = "daap.io/team";

    /// <summary>The operator's, on every pod of a cluster: instances, jobs and poolers.</summary>
    public const string Cluster = "cnpg.io/cluster";

    /// <summary>The operator's, on poolers only.</summary>
    public const string Pooler = "cnpg.io/poolerName";

    /// <summary>Kubernetes' own, on every namespace.</summary>
    public const string NamespaceName = "kubernetes.io/metadata.name";

    public static JsonObject Of(ClusterSpec spec)
    {
        var labels = Inherited(spec);
        labels[ManagedBy] = Manager;
        return labels;
    }

    /// <summary>
    /// For what the operator makes. It sets <see cref="ManagedBy"/> there itself, and would write volumes again and again to have both its
    /// value and ours.
    /// </summary>
    public static JsonObject Inherited(ClusterSpec spec) => new()
    {
        [Database] = spec.Id.Value,
        [Team] = spec.OwnerTeam,
        [Tier] = spec.Tier,
    };
}
