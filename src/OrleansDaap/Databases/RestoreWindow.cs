using System.Globalization;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>Which moments a database can be restored to. Pure.</summary>
public static class RestoreWindow
{
    /// <summary>Throws unless it can be restored to this moment.</summary>
    /// <exception cref="ProblemException">backup-not-configured; restore-target-out-of-range, with the range; invalid-state once deleted.</exception>
    /// <exception cref="BackendUnavailableException">The repository cannot be read, and it was not known before that it can be.</exception>
    public static void Demand(DatabaseState state, ClusterObservation seen, DateTimeOffset target, DateTimeOffset now)
    {
        if (state.Wanted == WantedCluster.Gone)
        {
            throw new ProblemException(ProblemCode.InvalidState, "The backups of a deleted database are deleted with it.")
            {
                CurrentStatus = WireName.Of(state.Status),
            };
        }

        if (seen.Backups is not { } backups)
        {
            throw new ProblemException(ProblemCode.BackupNotConfigured, "This database has no backups to restore from.");
        }

        var earliest = backups.EarliestRestoreAt;
        var latest = Latest(state, seen, now);
        if (earliest is null || target < earliest || target > latest)
        {
            if (backups.Unknown is { } unknown)
            {
                throw new BackendUnavailableException($"It is not known which moments this database can be restored to. {unknown.Message}", null);
            }

            throw new ProblemException(ProblemCode.RestoreTargetOutOfRange, Words(earliest, latest)) { Earliest = earliest, Latest = latest };
        }
    }

    /// <summary>
    /// Up to the present where nothing was committed since that is not archived, or can be archived before the restore; else up to
    /// what the archive holds. Null before the first backup.
    /// </summary>
    public static DateTimeOffset? Latest(DatabaseState state, ClusterObservation seen, DateTimeOffset now)
    {
        if (seen.Backups is not { EarliestRestoreAt: { } earliest } backups)
        {
            return null;
        }

        var isWhole = state.Tier.Spec.Backup is not null && state.Status switch
        {
            // One that broke before may have kept its last changes to itself.
            DatabaseStatus.Frozen => backups.ArchivingFailure is null,
            DatabaseStatus.Archived => true,
            DatabaseStatus.Ready => seen.Phase == ClusterPhase.Ready && backups.ArchivingFailure is null,
            DatabaseStatus.Provisioning or DatabaseStatus.Error or DatabaseStatus.Deleted => false,
        };
        return isWhole ? now : backups.LatestRestoreAt ?? earliest;
    }

    private static string Words(DateTimeOffset? earliest, DateTimeOffset? latest) => earliest is null
        ? "No backup of this database has ended yet, so it cannot be restored to any moment."
        : string.Create(CultureInfo.InvariantCulture, $"It can be restored to moments from {earliest.Value.UtcDateTime:O} to {latest?.UtcDateTime:O}.");
}
