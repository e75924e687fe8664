using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>On which nodes pods run, and with how much.</summary>
internal static class ClusterPlacement
{
    private const string Node = "kubernetes.io/hostname";
    private const string Zone = "topology.kubernetes.io/zone";

    /// <summary>A tier's cores and memory are both promise and bound: its pods are the last to be evicted.</summary>
    public static JsonObject Resources(ClusterSpec spec) => Guaranteed(Quantity.Cores(spec.CpuCores), Quantity.Gib(spec.MemoryGib));

    public static JsonObject Guaranteed(string cpu, string memory) => new()
    {
        ["requests"] = new JsonObject { ["cpu"] = cpu, ["memory"] = memory },
        ["limits"] = new JsonObject { ["cpu"] = cpu, ["memory"] = memory },
    };

    public static JsonObject AntiAffinity(CloudNativePgOptions options) => new()
    {
        ["enablePodAntiAffinity"] = true,
        ["topologyKey"] = Node,
        ["podAntiAffinityType"] = options.SpreadOverNodes,
    };

    /// <summary>Over zones where there are any: on nodes without zones it says nothing.</summary>
    public static JsonArray OverZones(JsonObject pods) => new(Spread(Zone, pods));

    public static JsonArray OverNodesAndZones(JsonObject pods) => new(Spread(Node, (JsonObject)pods.DeepClone()), Spread(Zone, pods));

    private static JsonObject Spread(string over, JsonObject pods) => new()
    {
        ["maxSkew"] = 1,
        ["topologyKey"] = over,
        ["whenUnsatisfiable"] = "ScheduleAnyway",
        ["labelSelector"] = new JsonObject { ["matchLabels"] = pods },
    };
}
