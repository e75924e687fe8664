using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>Where a database's backups are, and the key to it.</summary>
internal static class ObjectStoreManifest
{
    private const string KeyId = "key-id";
    private const string KeySecret = "key-secret";
    private const string Region = "region";
    private const string Ca = "ca.crt";

    /// <summary>Its own; the plugin in its instances keeps what the retention says, and nobody does for a cluster that is gone.</summary>
    /// <param name="retentionDays">A backup that is needed to restore to any moment of so many last days is kept.</param>
    public static JsonObject Of(ClusterSpec spec, string ns, int retentionDays, CloudNativePgOptions options)
    {
        var body = new JsonObject
        {
            ["configuration"] = Configuration(spec.Id, options.ObjectStore),
            ["retentionPolicy"] = $"{retentionDays.ToString(CultureInfo.InvariantCulture)}d",
        };
        return Store(spec, ns, spec.Id.Value, WithRegion(body, options.ObjectStore));
    }

    /// <summary>
    /// The source's of a restored one: a store of its own, since the source's may be in another namespace or gone. It has no retention, which
    /// is the source's to keep.
    /// </summary>
    public static JsonObject Origin(ClusterSpec spec, string ns, DatabaseId source, CloudNativePgOptions options) => Store(
        spec, ns, ObjectNames.OriginStore(spec.Id),
        WithRegion(new JsonObject { ["configuration"] = Configuration(source, options.ObjectStore) }, options.ObjectStore));

    /// <summary>The names of all of a database's backups and changes in the bucket begin so.</summary>
    public static string Prefix(DatabaseId id, ObjectStoreOptions options) => $"{options.Path.TrimStart('/')}/{id}/".TrimStart('/');

    /// <summary>The key for a namespace's databases; null when they get in by a role and trust the system's authorities.</summary>
    /// <param name="secret">Of the key; null with a role.</param>
    /// <param name="ca">The content of <see cref="ObjectStoreOptions.CaFile"/>.</param>
    public static JsonObject? Secret(string ns, ObjectStoreOptions options, string? secret, string? ca)
    {
        var data = new JsonObject();
        if (!options.UsesRole)
        {
            data[KeyId] = Base64(options.KeyId!);
            data[KeySecret] = Base64(secret!);
            data[Region] = Base64(options.Region);
        }

        if (ca is not null) data[Ca] = Base64(ca);
        if (data.Count == 0) return null;
        var manifest = ManifestParts.Of(ManifestParts.Core, "Secret", ns, ObjectNames.ObjectStoreSecret, new JsonObject { [ObjectLabels.ManagedBy] = ObjectLabels.Manager });
        manifest["type"] = "Opaque";
        manifest["data"] = data;
        return manifest;
    }

    internal static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static JsonObject Store(ClusterSpec spec, string ns, string name, JsonObject body) =>
        ManifestParts.Of(ManifestParts.BarmanCloud, "ObjectStore", ns, name, ObjectLabels.Of(spec)).WithSpec(body);

    // Never a serverName here: it would be every cluster's that uses the store.
    private static JsonObject Configuration(DatabaseId id, ObjectStoreOptions options)
    {
        var configuration = new JsonObject
        {
            ["destinationPath"] = $"s3://{options.Bucket}/{Prefix(id, options)}",
            ["s3Credentials"] = Credentials(options),
            // A backup that waits for the next checkpoint takes minutes longer.
            ["data"] = new JsonObject { ["compression"] = "lz4", ["immediateCheckpoint"] = true },
            ["wal"] = new JsonObject { ["compression"] = "zstd", ["maxParallel"] = 4 },
        };
        if (options.Endpoint is not null) configuration["endpointURL"] = options.Endpoint;
        if (options.CaFile is not null) configuration["endpointCA"] = ManifestParts.Reference(ObjectNames.ObjectStoreSecret, Ca);
        return configuration;
    }

    private static JsonObject Credentials(ObjectStoreOptions options) => options.UsesRole
        ? new JsonObject { ["inheritFromIAMRole"] = true }
        : new JsonObject
        {
            ["accessKeyId"] = ManifestParts.Reference(ObjectNames.ObjectStoreSecret, KeyId),
            ["secretAccessKey"] = ManifestParts.Reference(ObjectNames.ObjectStoreSecret, KeySecret),
            ["region"] = ManifestParts.Reference(ObjectNames.ObjectStoreSecret, Region),
        };

    // With a key the region is beside it; with a role there is no field for it.
    private static JsonObject WithRegion(JsonObject body, ObjectStoreOptions options)
    {
        if (options.UsesRole)
        {
            body["instanceSidecarConfiguration"] = new JsonObject
            {
                ["env"] = new JsonArray(new JsonObject { ["name"] = "AWS_DEFAULT_REGION", ["value"] = options.Region }),
            };
        }

        return body;
    }
}
