using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Whether a frozen cluster has archived its last changes: one that died and could not be started any more keeps them to itself.</summary>
internal sealed class FrozenArchive(ClusterPlaces clusters, TimeProvider time)
{
    private DateTimeOffset? _since;

    /// <summary>Null for a cluster that is not frozen, and for one that was stopped in order: that archives all there is.</summary>
    public StatusReason? Behind(ClusterRecord? record, ClusterPhase phase)
    {
        if (phase is not (ClusterPhase.Stopped or ClusterPhase.Failed)
            || record is not { Spec: { Frozen: true, Backups: not null }, HasData: true }
            || record.Reached != record.Spec.Generation
            // What is lost is told of elsewhere, and was archived.
            || (clusters.Pgdata(record.Spec.Id) is var pgdata && (!Directory.Exists(pgdata) || ControlFile.ShutDownAt(pgdata) is not null)))
        {
            _since = null;
            return null;
        }

        _since ??= time.GetUtcNow();
        return new StatusReason(
            "archiving-failing",
            $"It died before it was frozen and could not be started to archive its last changes; its log in {clusters.Logs(record.Spec.Id)} says why. It can be restored to moments before them.",
            _since.Value);
    }
}
