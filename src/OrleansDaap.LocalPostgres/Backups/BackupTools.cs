using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>What all databases' backups are made with.</summary>
internal sealed class BackupTools(
    PgBackRest backRest, BackupSettings settings, BackupPlaces places, ClusterPlaces clusters, RepositoryMark mark, RepositoryHealth health, Expiry expiry, OwnedFiles files) : IDisposable
{
    /// <summary>Each reads a whole database: more at once would only make each slower, and their sources too.</summary>
    private const int BackupsAtOnce = 2;

    /// <summary>A server that starts looks at every database's backups: not with a process for each of them at once.</summary>
    private const int LooksAtOnce = 4;

    public SemaphoreSlim BackupSlots { get; } = new(BackupsAtOnce, BackupsAtOnce);

    public SemaphoreSlim LookSlots { get; } = new(LooksAtOnce, LooksAtOnce);

    public PgBackRest BackRest => backRest;

    public BackupSettings Settings => settings;

    public ClusterPlaces Clusters => clusters;

    public RepositoryHealth Health => health;

    public Expiry Expiry => expiry;

    /// <summary>Makes the repository know a database, once.</summary>
    public async Task CreateStanzaAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        // One that is not mounted is not begun anew beside it.
        await mark.EnsureAsync(cancellationToken);

        // From now on there may be something of it in the repository, which a purge has to remove.
        files.Write(places.MadeMark(id), BackupPlaces.Begun, FileModes.PrivateFile, FileOwner.Server);
        await backRest.CreateStanzaAsync(id, cancellationToken);
        MarkMade(id);
    }

    /// <summary>The repository knows it: should it ever not, then it is another one, or has lost it.</summary>
    public void MarkMade(DatabaseId id)
    {
        if (!places.IsMade(id)) files.Write(places.MadeMark(id), BackupPlaces.Made, FileModes.PrivateFile, FileOwner.Server);
    }

    /// <summary>
    /// Up to when changes of a database that does not archive now are in the repository, or are brought there before a restore; in the far past
    /// when nothing tells.
    /// </summary>
    public DateTimeOffset ArchivedUpTo(DatabaseId id)
    {
        var told = BackupPlaces.Moment(places.ArchivedMark(id)) ?? DataToldUpTo(id);
        // Its data may be lost, or what there was in it that tells.
        return BackupPlaces.Moment(places.NotedMark(id)) is { } noted && !(told > noted) ? noted : told ?? DateTimeOffset.MinValue;
    }

    /// <summary>Leaves how far a database has archived for when its data is lost.</summary>
    public void NoteArchived(DatabaseId id, DateTimeOffset upTo) => files.Write(places.NotedMark(id), BackupPlaces.Text(upTo), FileModes.PrivateFile, FileOwner.Server);

    /// <summary>The backups that every moment since the end of the first of them can be restored with: those that no gap in what is archived follows.</summary>
    public IReadOnlyList<BackupSet> Restorable(DatabaseId id, IReadOnlyList<BackupSet> sets) => BackupPlaces.Moment(places.ArchivingSinceMark(id)) is { } since
        // pgBackRest's times are whole seconds.
        ? [.. sets.SkipWhile(set => set.StartedAt <= since - TimeSpan.FromSeconds(1))]
        : sets;

    public void Dispose()
    {
        BackupSlots.Dispose();
        LookSlots.Dispose();
    }

    private DateTimeOffset? DataToldUpTo(DatabaseId id)
    {
        var pgdata = clusters.Pgdata(id);
        if (!Directory.Exists(pgdata)) return null;
        var status = ArchiveStatus.Read(pgdata);
        var runs = PostgresServer.IsRunning(pgdata);
        // A proper stop archives all there is.
        if (Archiving.IsOn(pgdata) && status.Waiting.Count == 0 && !runs && ControlFile.ShutDownAt(pgdata) is { } stopped) return stopped;
        return (runs ? status.ArchivedUpTo : status.CompleteUpTo) - SourceArchive.CommitMargin;
    }
}
