using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>What the operator and its plugin say about a database's backups. Pure.</summary>
internal static class BackupLook
{
    private const string Completed = "completed";

    /// <summary>Null when it has none.</summary>
    /// <param name="sight">The cluster's.</param>
    /// <param name="told">How the last request ended that led to no new backup: one that was taken already, or could not be.</param>
    /// <param name="unmeasured">Why the object store could not be asked; null when it could.</param>
    /// <param name="drills">The one that runs, and what came of the last.</param>
    /// <param name="options">The settings.</param>
    /// <param name="now">The time.</param>
    public static BackupObservation? Of(
        ClusterSight sight, (string Id, StatusReason? Failure)? told, StatusReason? unmeasured, (string? Running, DrillResult? Last) drills, CloudNativePgOptions options, DateTimeOffset now)
    {
        var objects = sight.Objects;
        if (objects.Store is not { } store || (sight.Spec is { Backups: null } && objects.Cluster is not null)) return null;
        var backups = objects.Backups.OrderByDescending(Recency).ToList();

        // One that ended is told of with what it takes.
        var isMeasured = unmeasured is not null || objects.Cluster is null || !BackupSizes.IsDue(objects);
        var ended = told is { } kept ? (kept.Id, kept.Failure) : Last(isMeasured ? backups : [.. backups.Where(backup => backup.Name != BackupSizes.Newest(objects))], options, now);
        var window = (First: Window(objects, "firstRecoverabilityPoint"), Last: Window(objects, "lastSuccessfulBackupTime"));
        var good = backups.Where(IsCompleted).Select(backup => (DateTimeOffset?)EndOf(backup)).ToList();
        var successful = good.Count > 0 && !(window.Last > good[0]) ? good[0] : window.Last;
        var archiving = ArchivingFailure(objects.Cluster);
        return new BackupObservation
        {
            Running = backups.FirstOrDefault(backup => !HasEnded(backup, options, now))?.Name ?? (isMeasured ? null : BackupSizes.Newest(objects)),
            LastEnded = ended.Id,
            LastFailure = ended.Failure,
            LastSuccessfulAt = successful,
            ArchivingFailure = archiving,
            EarliestRestoreAt = window.First ?? (good.Count > 0 ? good[^1] : null),
            LatestRestoreAt = Latest(objects, archiving, successful, options, now),
            SizeBytes = StoreNotes.Of(store).SizeBytes,
            ArchiveTimeout = options.ArchiveEvery,
            Unknown = unmeasured,
            RunningDrill = drills.Running,
            LastDrill = drills.Last,
        };
    }

    public static Backup Describe(KubernetesObject backup, BucketUsage usage, CloudNativePgOptions options, DateTimeOffset now)
    {
        var failure = FailureOf(backup, options, now);
        var backupId = backup.Text("status", "backupId");
        return new Backup
        {
            Id = backup.Name,
            Type = BackupType.Full,
            Status = IsCompleted(backup) ? BackupStatus.Succeeded : failure is null ? BackupStatus.Running : BackupStatus.Failed,
            StartedAt = backup.Time("status", "startedAt") ?? backup.CreatedAt ?? now,
            FinishedAt = HasEnded(backup, options, now) ? EndOf(backup) : null,
            SizeBytes = backupId is not null && usage.ByBackup.TryGetValue(backupId, out var size) ? size : null,
            WalStart = backup.Text("status", "beginWal"),
            WalStop = backup.Text("status", "endWal"),
            Error = failure,
        };
    }

    public static bool IsCompleted(KubernetesObject backup) => Phase(backup) == Completed;

    public static bool HasEnded(KubernetesObject backup, CloudNativePgOptions options, DateTimeOffset now) =>
        IsCompleted(backup) || FailureOf(backup, options, now) is not null;

    /// <summary>Null for one that succeeded or may yet.</summary>
    public static StatusReason? FailureOf(KubernetesObject backup, CloudNativePgOptions options, DateTimeOffset now)
    {
        if (Phase(backup) == "failed")
            return new StatusReason("backup-failed", $"CloudNativePG: {backup.Text("status", "error") ?? "it failed without a word"}", EndOf(backup));
        var begun = backup.CreatedAt ?? now;
        return Phase(backup) is null or "" or "pending" or "started" or "walArchivingFailing" && now - begun >= options.GivesUpAfter
            ? new StatusReason("no-progress", $"The backup has waited since {begun:u} for CloudNativePG to begin it; it says: {Phase(backup) ?? "nothing"}.", begun)
            : null;
    }

    /// <summary>Orders backups by their ends; times are whole seconds, and what was written later has a higher version.</summary>
    public static (DateTimeOffset End, ulong Version) Recency(KubernetesObject backup) =>
        (EndOf(backup), ulong.TryParse(backup.ResourceVersion, out var version) ? version : 0);

    private static string? Phase(KubernetesObject backup) => backup.Text("status", "phase");

    private static DateTimeOffset EndOf(KubernetesObject backup) =>
        backup.Time("status", "stoppedAt") ?? backup.Time("status", "startedAt") ?? backup.CreatedAt ?? default;

    private static (string? Id, StatusReason? Failure) Last(List<KubernetesObject> backups, CloudNativePgOptions options, DateTimeOffset now) =>
        backups.Where(backup => HasEnded(backup, options, now)).MaxBy(Recency) is { } last ? (last.Name, FailureOf(last, options, now)) : (null, null);

    private static StatusReason? ArchivingFailure(KubernetesObject? cluster) => cluster?.Condition(ClusterWords.Archiving) is { Status: "False" } failing
        ? new StatusReason("archiving-failed", $"CloudNativePG: {failing.Message}", failing.Since ?? default)
        : null;

    // While it runs, what is older than the archive timeout is archived; of what runs no more, what was marked at its end.
    private static DateTimeOffset? Latest(
        DatabaseObjects objects, StatusReason? archiving, DateTimeOffset? successful, CloudNativePgOptions options, DateTimeOffset now)
    {
        if (successful is null) return null;
        var isLive = objects.Cluster is { } cluster && ClusterLook.IsServing(cluster) && archiving is null;
        var archived = isLive ? now - options.ArchiveEvery : StoreNotes.Of(objects.Store).MarkedAt;
        return archived > successful ? archived : successful;
    }

    private static DateTimeOffset? Window(DatabaseObjects objects, string name) =>
        objects.Store?.Time("status", "serverRecoveryWindow", objects.Id.Value, name);
}
