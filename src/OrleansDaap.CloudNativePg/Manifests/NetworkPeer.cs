using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The other end in a rule of a NetworkPolicy.</summary>
internal static class NetworkPeer
{
    /// <summary>On the server's own pods, by <c>deploy/</c>.</summary>
    private const string AppName = "app.kubernetes.io/name";

    /// <summary>All pods of one namespace.</summary>
    public static JsonObject Namespace(string name) => Namespaces(new JsonObject { [ObjectLabels.NamespaceName] = name });

    /// <summary>Wherever a team's workloads run. Who may label namespaces decides this.</summary>
    public static JsonObject NamespacesOf(string team) => Namespaces(new JsonObject { [ObjectLabels.Team] = team });

    /// <summary>The control plane.</summary>
    public static JsonObject Platform(CloudNativePgOptions options)
    {
        var peer = Namespace(options.PlatformNamespace);
        peer["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [AppName] = "orleansdaap" } };
        return peer;
    }

    /// <summary>Pods of the same namespace.</summary>
    public static JsonObject Pods(JsonObject labels) => new() { ["podSelector"] = new JsonObject { ["matchLabels"] = labels } };

    public static JsonObject Cidr(string cidr) => new() { ["ipBlock"] = new JsonObject { ["cidr"] = cidr } };

    private static JsonObject Namespaces(JsonObject labels) => new() { ["namespaceSelector"] = new JsonObject { ["matchLabels"] = labels } };
}
