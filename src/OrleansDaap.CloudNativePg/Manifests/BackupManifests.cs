using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>Backups on a schedule, and one now.</summary>
internal static class BackupManifests
{
    /// <summary>The first is taken at once, and none while the cluster does not run or is on its way to the archive: they would fail.</summary>
    /// <param name="schedule">Five-field cron, in UTC, as a tier has it.</param>
    public static JsonObject Scheduled(ClusterSpec spec, string ns, string schedule)
    {
        var body = Plugin(spec);
        body["schedule"] = SixFieldCron.From(schedule);
        body["backupOwnerReference"] = "self";
        body["immediate"] = true;
        body["suspend"] = spec.Frozen || spec.Closed;
        return ManifestParts.Of(ManifestParts.Postgres, "ScheduledBackup", ns, spec.Id.Value, ObjectLabels.Of(spec)).WithSpec(body);
    }

    /// <summary>Its spec can never be changed. Always in full: the plugin knows no other.</summary>
    public static JsonObject Now(ClusterSpec spec, string ns, BackupRequest request) =>
        ManifestParts.Of(ManifestParts.Postgres, "Backup", ns, request.Id, ObjectLabels.Of(spec)).WithSpec(Plugin(spec));

    // The default method is the one that goes away.
    private static JsonObject Plugin(ClusterSpec spec) => new()
    {
        ["cluster"] = ManifestParts.Reference(spec.Id.Value),
        ["method"] = "plugin",
        ["pluginConfiguration"] = ManifestParts.Reference(BarmanCloud.Name),
    };
}
