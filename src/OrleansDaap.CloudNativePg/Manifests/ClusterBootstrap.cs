using System.Globalization;
using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>What a cluster begins with: nothing, or another's backups. Of no meaning to the operator once it has.</summary>
internal static class ClusterBootstrap
{
    private const string Origin = "origin";

    public static JsonObject Of(ClusterSpec spec) => spec.Recovery is { } recovery
        ? new JsonObject { ["recovery"] = Recovery(spec, recovery.TargetTime) }
        : new JsonObject { ["initdb"] = Empty(spec) };

    /// <summary>Where the backups are; null for one that begins empty.</summary>
    public static JsonArray? ExternalClusters(ClusterSpec spec) => spec.Recovery is not { } recovery ? null : new JsonArray(new JsonObject
    {
        ["name"] = Origin,
        ["plugin"] = BarmanCloud.Plugin(ObjectNames.OriginStore(spec.Id), recovery.Database),
    });

    /// <summary>Exact to the microsecond, as PostgreSQL's own times are, and with a zone, without which the operator would take its own.</summary>
    internal static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00";

    // As the local backend makes its clusters.
    private static JsonObject Empty(ClusterSpec spec) => new()
    {
        ["database"] = ClusterEndpoint.Database,
        ["owner"] = ClusterEndpoint.User,
        ["secret"] = ManifestParts.Reference(ObjectNames.Credentials(spec.Id)),
        ["dataChecksums"] = true,
        ["encoding"] = "UTF8",
        ["localeCollate"] = "C.UTF-8",
        ["localeCType"] = "C.UTF-8",
    };

    // Database, owner and secret give the owner the new database's password, and not its source's.
    private static JsonObject Recovery(ClusterSpec spec, DateTimeOffset target) => new()
    {
        ["source"] = Origin,
        ["database"] = ClusterEndpoint.Database,
        ["owner"] = ClusterEndpoint.User,
        ["secret"] = ManifestParts.Reference(ObjectNames.Credentials(spec.Id)),
        ["recoveryTarget"] = new JsonObject { ["targetTime"] = Time(target) },
    };
}
