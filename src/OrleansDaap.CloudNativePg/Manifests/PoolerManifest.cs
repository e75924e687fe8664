using System.Globalization;
using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The PgBouncers in front of a cluster's primary.</summary>
internal static class PoolerManifest
{
    /// <summary>PgBouncer and the operator's instance manager, and 64 KiB for each client's TLS and buffers.</summary>
    private const int BaseMib = 128;
    private const int ClientsPerMib = 16;

    public static JsonObject Of(ClusterSpec spec, string ns, PoolerSpec pooler)
    {
        var body = new JsonObject
        {
            ["cluster"] = ManifestParts.Reference(spec.Id.Value),
            ["type"] = "rw",
            ["instances"] = spec.Frozen || spec.Closed ? 0 : Instances(spec),
            ["pgbouncer"] = new JsonObject
            {
                ["poolMode"] = Mode(pooler.Mode),
                ["parameters"] = Parameters(spec, pooler),
            },
            ["template"] = Pod(spec, pooler),
        };
        return ManifestParts.Of(ManifestParts.Postgres, "Pooler", ns, ObjectNames.Pooler(spec.Id), ObjectLabels.Of(spec)).WithSpec(body);
    }

    // As available as what stands behind it.
    private static int Instances(ClusterSpec spec) => spec.Instances > 1 ? 2 : 1;

    // Half of PostgreSQL's connections, shared out. Clients are not shared out evenly, so each takes all that the tier allows.
    private static JsonObject Parameters(ClusterSpec spec, PoolerSpec pooler) => new()
    {
        ["max_client_conn"] = Text(pooler.MaxConnections),
        ["default_pool_size"] = Text(PostgresParameters.MaxConnections(spec.MemoryGib) / 2 / Instances(spec)),
        ["client_tls_sslmode"] = "require",
        ["server_tls_sslmode"] = "verify-full",
        ["server_tls_protocols"] = "tlsv1.3",
    };

    private static JsonObject Pod(ClusterSpec spec, PoolerSpec pooler) => new()
    {
        ["metadata"] = new JsonObject { ["labels"] = ObjectLabels.Inherited(spec) },
        ["spec"] = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = "pgbouncer",
                ["resources"] = ClusterPlacement.Guaranteed("500m", Quantity.Mib(BaseMib + (pooler.MaxConnections / ClientsPerMib))),
            }),
            ["topologySpreadConstraints"] = ClusterPlacement.OverNodesAndZones(new JsonObject { [ObjectLabels.Pooler] = ObjectNames.Pooler(spec.Id) }),
        },
    };

    private static string Mode(PoolMode mode) => mode switch
    {
        PoolMode.Session => "session",
        PoolMode.Transaction => "transaction",
        PoolMode.Statement => throw new ArgumentOutOfRangeException(nameof(mode), mode, $"{nameof(SpecLimits)} was not asked: the operator has no such mode."),
    };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
