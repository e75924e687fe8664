using System.Text.Json.Nodes;
using OrleansDaap.Common;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The plugin that backs clusters up and archives their changes; what the operator has built in goes away with 1.31.</summary>
internal static class BarmanCloud
{
    public const string Name = "barman-cloud.cloudnative-pg.io";

    /// <summary>Archives a cluster's changes under its own id, which no other cluster ever has: a name that is used twice stalls the second.</summary>
    public static JsonObject Archiver(DatabaseId id)
    {
        var plugin = Plugin(id.Value, id);
        plugin["isWALArchiver"] = true;
        return plugin;
    }

    /// <param name="store">The ObjectStore's name.</param>
    /// <param name="server">Whose backups.</param>
    public static JsonObject Plugin(string store, DatabaseId server) => new()
    {
        ["name"] = Name,
        ["parameters"] = new JsonObject { ["barmanObjectName"] = store, ["serverName"] = server.Value },
    };
}
