using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>All objects of one database but those that hold secrets, and those that are made on occasion.</summary>
internal static class DatabaseManifests
{
    /// <summary>
    /// In the order in which they are to be applied: policies before what they guard, the cluster after what it refers to. The image catalog
    /// is not among them, since it is made once and never changed.
    /// </summary>
    /// <param name="ns">Where the database is; its owner may have changed since it was made there.</param>
    /// <param name="schedule">Five-field cron of the tier's backups; null: they are asked for one by one.</param>
    public static IEnumerable<JsonObject> Of(ClusterSpec spec, string ns, string? schedule, CloudNativePgOptions options)
    {
        yield return NetworkPolicyManifests.ForInstances(spec, ns, options);
        if (spec.Pooler is not null) yield return NetworkPolicyManifests.ForPooler(spec, ns, options);
        if (spec.Backups is { } backups) yield return ObjectStoreManifest.Of(spec, ns, backups.RetentionDays, options);
        if (spec.Recovery is { } recovery) yield return ObjectStoreManifest.Origin(spec, ns, recovery.Database, options);
        yield return ClusterManifest.Of(spec, ns, options);
        if (spec.Pooler is { } pooler) yield return PoolerManifest.Of(spec, ns, pooler);
        if (spec.Backups is not null && schedule is not null) yield return BackupManifests.Scheduled(spec, ns, schedule);
    }
}
