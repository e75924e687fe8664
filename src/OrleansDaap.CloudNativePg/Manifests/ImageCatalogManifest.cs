using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>
/// The image of a tier's revision, for all its databases in a namespace. It is made once and never changed: other images come with
/// the tier's next revision, and to a database when it moves there.
/// </summary>
internal static class ImageCatalogManifest
{
    private const string Revision = "daap.io/tier-revision";

    public static JsonObject Of(ClusterSpec spec, string ns, CloudNativePgOptions options)
    {
        var labels = new JsonObject
        {
            [ObjectLabels.Tier] = spec.Tier,
            [Revision] = $"{spec.TierRevision}",
            [ObjectLabels.ManagedBy] = ObjectLabels.Manager,
        };
        var image = new JsonObject { ["major"] = spec.PostgresVersion, ["image"] = options.Images.Of(spec.PostgresVersion) };
        return ManifestParts.Of(ManifestParts.Postgres, "ImageCatalog", ns, ObjectNames.ImageCatalog(spec), labels)
            .WithSpec(new JsonObject { ["images"] = new JsonArray(image) });
    }

    public static JsonObject Reference(ClusterSpec spec) => new()
    {
        ["apiGroup"] = "postgresql.cnpg.io",
        ["kind"] = "ImageCatalog",
        ["name"] = ObjectNames.ImageCatalog(spec),
        ["major"] = spec.PostgresVersion,
    };
}
