using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>
/// A scratch cluster that a database's newest backup is restored to, and the policy that lets nobody at it but the platform. It bears the
/// database's label, so that it goes when the database goes.
/// </summary>
internal static class DrillManifests
{
    private const string Drill = "daap.io/drill";
    private const string Origin = "origin";

    /// <summary>In the order in which they are to be applied.</summary>
    /// <param name="source">The database's spec.</param>
    /// <param name="ns">Where the database is.</param>
    /// <param name="drill">The drill's name.</param>
    /// <param name="backup">The plugin's id of the backup; recovery to a transaction needs to be told.</param>
    /// <param name="transaction">The last one that is recovered; null: all that is archived.</param>
    /// <param name="notes">What a recovery needs at least.</param>
    /// <param name="options">The settings.</param>
    public static IEnumerable<JsonObject> Of(
        ClusterSpec source, string ns, string drill, string backup, string? transaction, StoreNotes notes, CloudNativePgOptions options)
    {
        yield return NetworkPolicyManifests.ForDrill(source, ns, options);
        yield return Cluster(source, ns, drill, backup, transaction, notes, options);
    }

    private static JsonObject Cluster(
        ClusterSpec source, string ns, string drill, string backup, string? transaction, StoreNotes notes, CloudNativePgOptions options)
    {
        // What it is made of is what the database is made of, so that it is restored as that would be.
        var manifest = ClusterManifest.Of(source with { Instances = 1, Pooler = null, Frozen = false, Closed = false }, ns, options);
        manifest["metadata"]!["name"] = ObjectNames.Drill(source.Id);
        manifest["metadata"]!["annotations"] = new JsonObject { [Drill] = drill };
        var body = manifest["spec"]!.AsObject();
        WantedObjects.Settle(body, new RecoveryNote(null, notes.MaxConnections, notes.MaxWorkers));
        body["bootstrap"] = new JsonObject { ["recovery"] = Recovery(backup, transaction) };
        body["externalClusters"] = new JsonArray(new JsonObject { ["name"] = Origin, ["plugin"] = BarmanCloud.Plugin(source.Id.Value, source.Id) });
        body["postgresql"]!["pg_hba"] = new JsonArray("hostssl all postgres all scram-sha-256", "host all all all reject");

        // Only a superuser checks files, and reads everything that there is. The operator makes its password, and removes it with the cluster.
        body["enableSuperuserAccess"] = true;

        // It archives nothing: the store is the database's own.
        foreach (var none in new[] { "plugins", "certificates", "topologySpreadConstraints" }) body.Remove(none);
        return manifest;
    }

    private static JsonObject Recovery(string backup, string? transaction)
    {
        var target = new JsonObject { ["backupID"] = backup };
        if (transaction is not null) target["targetXID"] = transaction;
        return new JsonObject
        {
            ["source"] = Origin,
            ["database"] = ClusterEndpoint.Database,
            ["owner"] = ClusterEndpoint.User,
            ["recoveryTarget"] = target,
        };
    }
}
