using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>What PostgreSQL itself is told: settings, who gets in, and on how many standbys a commit waits.</summary>
internal static class ClusterPostgres
{
    public static JsonObject Of(ClusterSpec spec, CloudNativePgOptions options)
    {
        var postgres = new JsonObject
        {
            ["parameters"] = PostgresParameters.Of(spec, options),
            ["pg_hba"] = spec.Closed ? ClosedHba() : Hba(),
        };
        if (Synchronous(spec.Instances) is { } synchronous) postgres["synchronous"] = synchronous;
        return postgres;
    }

    // The operator's own rules stand before these and want certificates. The last rule of all, which it adds, would take plaintext.
    private static JsonArray Hba() => new(
        "hostssl all postgres all reject",
        "hostssl all all all scram-sha-256",
        "hostnossl all all all reject");

    // With a certificate of the cluster's own CA the platform comes as the owner, to see what the last backup must have. Nobody else has one.
    private static JsonArray ClosedHba() => new(
        "hostssl all app all cert",
        "host all all all reject");

    /// <summary>
    /// With three instances or more a commit waits for fewer than half of the others, any of them, and only one that has all commits is
    /// promoted: one of three, two of five. With two, losing either would stop all writes.
    /// </summary>
    private static JsonObject? Synchronous(int instances) => instances < 3 ? null : new JsonObject
    {
        ["method"] = "any",
        ["number"] = (instances - 1) / 2,
        ["dataDurability"] = "required",
        ["failoverQuorum"] = true,
    };
}
