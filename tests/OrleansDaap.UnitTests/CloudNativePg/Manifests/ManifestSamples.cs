using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Provisioning;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

/// <summary>The databases whose manifests are reviewed.</summary>
internal static class ManifestSamples
{
    public static readonly DatabaseId Id = new("db-01m7z0wwvy8s5e5kr1egvd4qs0");
    public static readonly DatabaseId Source = new("db-01m7yyy4h3n6t0zq5c8k2d7w9e");
    public const string Namespace = "daap-checkout";
    public const string Hourly = "0 * * * *";

    public static ClusterSpec Smallest => ClusterSpecs.Small(Id, postgresVersion: 17) with { TierRevision = 1 };

    public static ClusterSpec Pooled => Smallest with { Pooler = new PoolerSpec(PoolMode.Transaction, 100) };

    public static ClusterSpec ThreeInstances => Smallest with
    {
        Tier = "production",
        TierRevision = 4,
        Instances = 3,
        CpuCores = 2.5m,
        MemoryGib = 8,
        StorageGib = 100,
        StorageClass = "fast",
        Pooler = new PoolerSpec(PoolMode.Session, 2000),
        Generation = 7,
    };

    public static ClusterSpec BackedUp => Smallest with { Backups = new BackupSpec(30) };

    public static ClusterSpec Restored => BackedUp with { Recovery = new RecoverySource(Source, new DateTimeOffset(2026, 11, 21, 16, 31, 58, 951, 934, TimeSpan.FromHours(1))) };

    /// <summary>What each file in <c>Approved</c> shows.</summary>
    public static IReadOnlyDictionary<string, ClusterSpec> Specs { get; } = new Dictionary<string, ClusterSpec>
    {
        ["smallest"] = Smallest,
        ["pooled"] = Pooled,
        ["three-instances"] = ThreeInstances,
        ["backed-up"] = BackedUp,
        ["restored"] = Restored,
        ["frozen"] = BackedUp with { Pooler = Pooled.Pooler, Frozen = true, HasData = true, Generation = 2 },
        ["closed"] = BackedUp with { Pooler = Pooled.Pooler, Closed = true, HasData = true, Generation = 3 },
        ["long-names"] = LongNames,
    };

    public static CloudNativePgOptions Options
    {
        get
        {
            var options = new CloudNativePgOptions
            {
                ApiServerCidrs = ["10.0.0.1/32"],
                MonitoringNamespace = "monitoring",
                StorageClass = "standard",
            };
            var store = options.ObjectStore;
            (store.Bucket, store.Endpoint, store.KeyId, store.KeySecret, store.Cidrs) = ("backups", "https://s3.example.com", "AKIAEXAMPLE", "not-a-real-secret", ["192.0.2.0/24"]);
            return options;
        }
    }

    /// <summary>Everything of a database, the objects that hold secrets too.</summary>
    public static IEnumerable<JsonObject> All(ClusterSpec spec) =>
    [
        OwnerSecretManifest.Of(spec, Namespace, "NotARealPassword", "not a real certificate\n"),
        ImageCatalogManifest.Of(spec, Namespace, Options),
        .. DatabaseManifests.Of(spec, Namespace, Hourly, Options),
    ];

    // The most that Kubernetes and the operator take: names of 50 characters, and labels of 63.
    private static ClusterSpec LongNames => Restored with
    {
        Id = new DatabaseId("db-" + new string('x', 47)),
        OwnerTeam = new string('t', 63),
        Tier = new string('c', 40),
        TierRevision = int.MaxValue,
        Pooler = Pooled.Pooler,
        Instances = 2,
    };
}
