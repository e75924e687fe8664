using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Up to when one database can be restored, and the note of it that outlives its data.</summary>
internal sealed class RestorableEnd(DatabaseId id, BackupTools tools, TimeProvider time)
{
    private DateTimeOffset? _latest;
    private DateTimeOffset? _noted;

    /// <summary>Null when there is nothing to restore.</summary>
    /// <param name="sets">The backups that can be restored.</param>
    /// <param name="isKnown">False: it is not known whether there are others.</param>
    /// <param name="phase">Of its cluster.</param>
    /// <param name="archives">It runs, and nothing keeps it from archiving.</param>
    public DateTimeOffset? Find(IReadOnlyList<BackupSet> sets, bool isKnown, ClusterPhase phase, bool archives)
    {
        var archived = Archived(phase, archives);
        // Without a backup there is nothing to restore; while it is not known whether there is one, what is archived is known nevertheless.
        _latest = sets switch
        {
            [.., var newest] => newest.FinishedAt > archived ? newest.FinishedAt : archived,
            _ => !isKnown && archived > DateTimeOffset.MinValue ? archived : null,
        };
        return _latest;
    }

    /// <summary>For a cluster that runs and archives: writes how far it has, once for each of its files.</summary>
    public void Note()
    {
        if (ArchiveStatus.Read(tools.Clusters.Pgdata(id)).ArchivedUpTo is not { } archived || archived == _noted) return;
        try
        {
            tools.NoteArchived(id, archived - SourceArchive.CommitMargin);
            _noted = archived;
        }
        catch (Exception failure) when (Failures.Describe(failure) is not null)
        {
            // The next look writes it.
        }
    }

    private DateTimeOffset Archived(ClusterPhase phase, bool archives) => phase switch
    {
        ClusterPhase.Ready => archives ? time.GetUtcNow() : tools.ArchivedUpTo(id),
        // It is soon one of the others.
        ClusterPhase.Progressing => tools.ArchivedUpTo(id) is var archived && archived > _latest ? archived : _latest ?? archived,
        ClusterPhase.Absent or ClusterPhase.Stopped or ClusterPhase.Failed => tools.ArchivedUpTo(id),
    };
}
