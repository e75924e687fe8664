using System.Globalization;
using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>A database's <c>Cluster</c>.</summary>
internal static class ClusterManifest
{
    /// <summary>The spec's generation, since the operator has no observedGeneration.</summary>
    public const string GenerationAnnotation = "daap.io/generation";

    public const string HibernationAnnotation = "cnpg.io/hibernation";

    /// <summary>The operator restarts the pods that do not bear the cluster's value.</summary>
    public const string RestartAnnotation = "kubectl.kubernetes.io/restartedAt";

    // The operator waits for clients to leave (smart), then ends them (fast), then kills: 15 + 165 s. A switchover may take the old
    // primary as long as archiving its last WAL takes, which is no case for an hour either.
    private const int SmartShutdownSeconds = 15;
    private const int StopSeconds = 180;
    private const int SwitchoverSeconds = 300;

    public static JsonObject Of(ClusterSpec spec, string ns, CloudNativePgOptions options)
    {
        var body = new JsonObject
        {
            ["instances"] = spec.Instances,
            ["imageCatalogRef"] = ImageCatalogManifest.Reference(spec),
            ["bootstrap"] = ClusterBootstrap.Of(spec),
            ["postgresql"] = ClusterPostgres.Of(spec, options),
            ["storage"] = Storage(spec, options),
            ["resources"] = ClusterPlacement.Resources(spec),
            ["affinity"] = ClusterPlacement.AntiAffinity(options),
            ["topologySpreadConstraints"] = ClusterPlacement.OverZones(new JsonObject { [ObjectLabels.Cluster] = spec.Id.Value }),
            ["inheritedMetadata"] = new JsonObject { ["labels"] = ObjectLabels.Inherited(spec) },
            ["certificates"] = new JsonObject { ["serverAltDNSNames"] = PoolerHosts(spec, ns) },
            ["enableSuperuserAccess"] = false,
            // With one instance a budget would keep its node from ever being drained.
            ["enablePDB"] = spec.Instances > 1,
            // Nobody stands by to switch over; and a restart can change the image and the parameters together.
            ["primaryUpdateStrategy"] = "unsupervised",
            ["primaryUpdateMethod"] = "restart",
            ["smartShutdownTimeout"] = SmartShutdownSeconds,
            ["stopDelay"] = StopSeconds,
            ["switchoverDelay"] = SwitchoverSeconds,
        };
        if (ClusterBootstrap.ExternalClusters(spec) is { } origin) body["externalClusters"] = origin;
        if (spec.Backups is not null) body["plugins"] = new JsonArray(BarmanCloud.Archiver(spec.Id));
        if (ServiceAccount(options) is { } template) body["serviceAccountTemplate"] = template;
        return ManifestParts.Of(ManifestParts.Postgres, "Cluster", ns, spec.Id.Value, ObjectLabels.Of(spec), Annotations(spec)).WithSpec(body);
    }

    // Off is said too, so that hibernation which somebody turned on by hand is turned off again.
    private static JsonObject Annotations(ClusterSpec spec)
    {
        var generation = spec.Generation.ToString(CultureInfo.InvariantCulture);
        var annotations = new JsonObject
        {
            [GenerationAnnotation] = generation,
            [HibernationAnnotation] = spec.Frozen ? "on" : "off",
        };
        // Rules in pg_hba hold for new connections; those that are there end with a restart.
        if (spec.Closed) annotations[RestartAnnotation] = $"closed-{generation}";
        return annotations;
    }

    private static JsonObject Storage(ClusterSpec spec, CloudNativePgOptions options)
    {
        var storage = new JsonObject { ["size"] = Quantity.Gib(spec.StorageGib), ["resizeInUseVolumes"] = true };
        if ((spec.StorageClass ?? options.StorageClass) is { } name) storage["storageClass"] = name;
        return storage;
    }

    /// <summary>The pooler answers with the cluster's certificate. Its names are there before it is, so that none has to be issued anew.</summary>
    private static JsonArray PoolerHosts(ClusterSpec spec, string ns)
    {
        var pooler = ObjectNames.Pooler(spec.Id);
        return new JsonArray(pooler, $"{pooler}.{ns}", $"{pooler}.{ns}.svc");
    }

    private static JsonObject? ServiceAccount(CloudNativePgOptions options)
    {
        if (options.ObjectStore.ServiceAccountAnnotations.Count == 0) return null;
        var annotations = new JsonObject();
        foreach (var (name, value) in options.ObjectStore.ServiceAccountAnnotations) annotations[name] = value;
        return new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
    }
}
