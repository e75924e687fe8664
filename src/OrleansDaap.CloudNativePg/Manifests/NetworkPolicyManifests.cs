using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>Who reaches a database, and what it reaches; all else its namespace denies.</summary>
internal static class NetworkPolicyManifests
{
    private const int Postgres = 5432;

    /// <summary>The operator's instance manager.</summary>
    private const int InstanceManager = 8000;
    private const int InstanceMetrics = 9187;
    private const int PoolerMetrics = 9127;

    /// <summary>As seen behind the service: policies look at the machines' own port.</summary>
    private static readonly int[] ApiServer = [443, 6443];

    /// <summary>For instances and the jobs that make them. Poolers bear the cluster's label too.</summary>
    public static JsonObject ForInstances(ClusterSpec spec, string ns, CloudNativePgOptions options)
    {
        var pods = new JsonObject
        {
            ["matchLabels"] = OfCluster(spec),
            ["matchExpressions"] = new JsonArray(new JsonObject { ["key"] = ObjectLabels.Pooler, ["operator"] = "DoesNotExist" }),
        };
        List<JsonObject> ingress =
        [
            NetworkRule.From([NetworkPeer.Namespace(options.OperatorNamespace)], Postgres, InstanceManager),
            NetworkRule.From([NetworkPeer.Pods(OfCluster(spec))], Postgres, InstanceManager),
            NetworkRule.From([NetworkPeer.Platform(options)], Postgres),
            .. Clients(spec),
            .. Monitoring(options, InstanceMetrics),
        ];
        List<JsonObject> egress = [.. Common(spec, options, Postgres, InstanceManager), .. ObjectStore(spec, options.ObjectStore)];
        return Policy(spec, ns, spec.Id.Value, pods, ingress, egress);
    }

    public static JsonObject ForPooler(ClusterSpec spec, string ns, CloudNativePgOptions options)
    {
        var pods = new JsonObject { ["matchLabels"] = new JsonObject { [ObjectLabels.Pooler] = ObjectNames.Pooler(spec.Id) } };
        return Policy(spec, ns, ObjectNames.Pooler(spec.Id), pods, [.. Clients(spec), .. Monitoring(options, PoolerMetrics)], [.. Common(spec, options, Postgres)]);
    }

    /// <summary>For what a drill restores: the platform reaches it and nobody else, and it reaches the backups.</summary>
    public static JsonObject ForDrill(ClusterSpec spec, string ns, CloudNativePgOptions options)
    {
        var pods = new JsonObject { ["matchLabels"] = new JsonObject { [ObjectLabels.Cluster] = ObjectNames.Drill(spec.Id) } };
        List<JsonObject> ingress =
        [
            NetworkRule.From([NetworkPeer.Namespace(options.OperatorNamespace)], Postgres, InstanceManager),
            NetworkRule.From([NetworkPeer.Platform(options)], Postgres),
        ];
        List<JsonObject> egress =
        [
            NetworkRule.ToDns(),
            NetworkRule.To(options.ApiServerCidrs.Select(NetworkPeer.Cidr), ApiServer),
            .. ObjectStore(spec, options.ObjectStore),
        ];
        return Policy(spec, ns, ObjectNames.Drill(spec.Id), pods, ingress, egress);
    }

    private static JsonObject OfCluster(ClusterSpec spec) => new() { [ObjectLabels.Cluster] = spec.Id.Value };

    private static IEnumerable<JsonObject> Clients(ClusterSpec spec) =>
        spec.Closed ? [] : [NetworkRule.From([NetworkPeer.NamespacesOf(spec.OwnerTeam)], Postgres)];

    private static IEnumerable<JsonObject> Monitoring(CloudNativePgOptions options, int port) =>
        options.MonitoringNamespace is { } ns ? [NetworkRule.From([NetworkPeer.Namespace(ns)], port)] : [];

    // Instance managers and poolers need the API server: a primary that reaches neither it nor its peers shuts itself down.
    private static IEnumerable<JsonObject> Common(ClusterSpec spec, CloudNativePgOptions options, params int[] peerPorts) =>
    [
        NetworkRule.ToDns(),
        NetworkRule.To([NetworkPeer.Pods(OfCluster(spec))], peerPorts),
        NetworkRule.To(options.ApiServerCidrs.Select(NetworkPeer.Cidr), ApiServer),
    ];

    private static IEnumerable<JsonObject> ObjectStore(ClusterSpec spec, ObjectStoreOptions store)
    {
        if (spec.Backups is null && spec.Recovery is null) return [];
        return [NetworkRule.To(store.Namespace is { } ns ? [NetworkPeer.Namespace(ns)] : store.Cidrs.Select(NetworkPeer.Cidr), store.ListensOn)];
    }

    private static JsonObject Policy(ClusterSpec spec, string ns, string name, JsonObject pods, IEnumerable<JsonObject> ingress, IEnumerable<JsonObject> egress) =>
        ManifestParts.Of(ManifestParts.Networking, "NetworkPolicy", ns, name, ObjectLabels.Of(spec)).WithSpec(new JsonObject
        {
            ["podSelector"] = pods,
            ["policyTypes"] = new JsonArray("Ingress", "Egress"),
            ["ingress"] = new JsonArray([.. ingress]),
            ["egress"] = new JsonArray([.. egress]),
        });
}
