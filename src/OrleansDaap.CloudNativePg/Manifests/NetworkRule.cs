using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>One rule of a NetworkPolicy. Without a peer, which would mean everybody, there is none.</summary>
internal static class NetworkRule
{
    private const string DnsNamespace = "kube-system";
    private const int Dns = 53;

    public static JsonObject From(IEnumerable<JsonObject> peers, params int[] ports) => Rule("from", peers, Tcp(ports));

    public static JsonObject To(IEnumerable<JsonObject> peers, params int[] ports) => Rule("to", peers, Tcp(ports));

    public static JsonObject ToDns() => Rule("to", [NetworkPeer.Namespace(DnsNamespace)], [Port("UDP", Dns), Port("TCP", Dns)]);

    private static JsonObject Rule(string direction, IEnumerable<JsonObject> peers, IEnumerable<JsonObject> ports)
    {
        JsonNode[] named = [.. peers];
        return named.Length > 0
            ? new JsonObject { [direction] = new JsonArray(named), ["ports"] = new JsonArray([.. ports]) }
            : throw new ArgumentException("A rule without peers would let everybody through; the options were not validated.", nameof(peers));
    }

    private static IEnumerable<JsonObject> Tcp(int[] ports) => ports.Select(port => Port("TCP", port));

    private static JsonObject Port(string protocol, int port) => new() { ["protocol"] = protocol, ["port"] = port };
}
