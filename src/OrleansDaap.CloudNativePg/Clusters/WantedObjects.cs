using System.Globalization;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.CloudNativePg.Restores;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>The objects of a database that are watched, as they should be. Pure.</summary>
internal static class WantedObjects
{
    /// <summary>In the order in which they are applied; the first is the last that is removed.</summary>
    public static IReadOnlyList<JsonObject> Of(ClusterNotes notes, string ns, CloudNativePgOptions options)
    {
        // The port asks for each backup: a schedule of the operator's would take every one twice.
        var manifests = DatabaseManifests.Of(notes.Spec, ns, schedule: null, options).ToList();
        var cluster = manifests.Single(manifest => Kinds.Of(manifest) == Kinds.Cluster);
        if (notes.Recovery is { } recovery) Settle(cluster["spec"]!.AsObject(), recovery);
        notes.WriteOn(cluster);
        if (manifests.Find(manifest => Kinds.Of(manifest) == Kinds.ObjectStore && manifest["metadata"]!["name"]!.GetValue<string>() == notes.Spec.Id.Value) is { } store)
            StoreNotes.WriteSettings(store, cluster["spec"]!["postgresql"]!["parameters"]!.AsObject());
        return manifests;
    }

    /// <summary>Gives a cluster's spec what a recovery needs.</summary>
    internal static void Settle(JsonObject cluster, RecoveryNote recovery)
    {
        if (recovery.Target is null) cluster["bootstrap"]?["recovery"]?.AsObject().Remove("recoveryTarget");
        var parameters = cluster["postgresql"]!["parameters"]!.AsObject();
        Raise(parameters, "max_connections", recovery.MaxConnections);
        Raise(parameters, "max_worker_processes", recovery.MaxWorkers);
    }

    private static void Raise(JsonObject parameters, string name, int least)
    {
        if (int.Parse(parameters[name]!.GetValue<string>(), CultureInfo.InvariantCulture) < least)
            parameters[name] = least.ToString(CultureInfo.InvariantCulture);
    }
}
