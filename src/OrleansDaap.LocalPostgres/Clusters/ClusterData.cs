using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Gives a new cluster its data, and takes it away.</summary>
internal sealed class ClusterData(
    ClusterPlaces places, SpareClones clones, ClusterRestore restore, SourceArchive archive, BackupPlaces backups, BackupSettings settings,
    PgBackRest backRest, Expiry expiry, OwnedFiles files, DataDirectory data, TimeProvider time)
{
    /// <summary>An empty clone, or what is restored of another's backups; what is there stays.</summary>
    public async Task EnsureAsync(ClusterRecord record, PostgresInstallation installation, WorkSlot slot, CancellationToken cancellationToken)
    {
        var pgdata = places.Pgdata(record.Spec.Id);
        if (!Directory.Exists(pgdata))
        {
            if (record.HasData || record.Spec.HasData) places.CheckData(record.Spec.Id);
            if (record.Spec.Recovery is { } source) await slot.WaitAsync(restore.RunAsync(record, source, installation, cancellationToken), time);
            else await clones.TakeAsync(installation, pgdata, cancellationToken);
            return;
        }

        var major = (await File.ReadAllTextAsync(Path.Combine(pgdata, "PG_VERSION"), cancellationToken)).Trim();
        if (major != $"{installation.Major}")
            throw new ClusterFailureException("major-differs", $"The data of this database is PostgreSQL {major}'s, and {installation.Major} is wanted. Major upgrades are not offered.");
    }

    /// <summary>Removes the data of a cluster that nothing runs of.</summary>
    public async Task RemoveAsync(DatabaseId id, IReadOnlyList<int> ports, bool keepBackups, CancellationToken cancellationToken)
    {
        await restore.RemoveAsync(id, ports.Count > 0 ? ports[0] : null, cancellationToken);
        if (keepBackups && backups.Exists(id)) await ArchiveRestAsync(id, cancellationToken);
        // A server killed in the midst of the removal must not leave something that looks like a cluster.
        var gone = places.Pgdata(id) + ".gone";
        data.Remove(gone);
        if (Directory.Exists(places.Pgdata(id))) Directory.Move(places.Pgdata(id), gone);
    }

    /// <summary>Removes every backup, and then what was needed to read them.</summary>
    public async Task PurgeAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        // Without it nothing of the database ever got there.
        if (!backups.Exists(id) || !File.Exists(backups.MadeMark(id)))
        {
            backups.Remove(id);
            return;
        }

        if (expiry.IsRestored(id))
            throw new ClusterFailureException("purge-waits", "Its backups are being restored from, and are removed when that is over. Wait for it, or delete what is being restored.");
        await settings.CheckRepositoryDirectoryAsync(cancellationToken);
        settings.EnsureProbe();
        await CheckRepositoryAsync(id, cancellationToken);
        await backRest.PurgeAsync(id, cancellationToken);
        if (await backRest.SizeAsync(id, cancellationToken) > 0)
            throw new ClusterFailureException("purge-failed", "Files of this database are still in the repository of the backups after their removal.");
        // It has nothing any more and needs no mark in there to be believed.
        files.Write(backups.MadeMark(id), BackupPlaces.Begun, FileModes.PrivateFile, FileOwner.Server);
        await backRest.UnmarkPurgeAsync(id, cancellationToken);
        backups.Remove(id);
    }

    // To pgBackRest an empty directory, where a disk is not mounted, looks like one that everything has been removed from. Only the
    // repository that has known the database gets the mark, so that a purge cut short finds it there.
    private async Task CheckRepositoryAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        if ((await backRest.FindAsync(id, cancellationToken)).Exists)
            await backRest.MarkPurgeAsync(id, cancellationToken);
        else if (backups.IsMade(id) && !await backRest.IsPurgeMarkedAsync(id, cancellationToken))
            throw new ClusterFailureException("repository-unavailable", "The repository has nothing of this database, which it had. Bring it back, or mount its disk: its backups cannot be removed.");
    }

    /// <summary>
    /// Whether a cluster that is not to archive any more still does: it has to be stopped, and <see cref="EndArchivingAsync"/> called, before
    /// its settings change.
    /// </summary>
    public bool ArchivingEnds(DatabaseId id) => backups.Exists(id) && !File.Exists(backups.ArchivedMark(id)) && Archiving.IsOn(places.Pgdata(id));

    /// <summary>Notes up to when a stopped cluster can be restored that archives no more from here on.</summary>
    public async Task EndArchivingAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        try
        {
            await ArchiveRestAsync(id, cancellationToken);
        }
        catch (ClusterFailureException)
        {
            // A repository that does not answer must not keep a cluster down; what is in it for certain counts.
            Note(backups.ArchivedMark(id), ArchiveStatus.Read(places.Pgdata(id)).ArchivedUpTo - SourceArchive.CommitMargin ?? DateTimeOffset.MinValue);
        }
    }

    /// <summary>It archives from here on, and tells itself how far. What was changed before, while it did not, is in no backup but the next.</summary>
    public void BeginArchiving(DatabaseId id)
    {
        var (pgdata, now) = (places.Pgdata(id), time.GetUtcNow());
        // It has committed nothing since it was stopped, and archived all before: should it break now, only this tells.
        if (Archiving.IsOn(pgdata) && ControlFile.ShutDownAt(pgdata) is not null) ArchiveStatus.Prolong(pgdata, now);
        if (backups.IsMade(id) && !Archiving.IsOn(pgdata)) Note(backups.ArchivingSinceMark(id), now);
        File.Delete(backups.ArchivedMark(id));
    }

    // What is not archived when the data goes is lost. Up to when it is tells whoever restores.
    private async Task ArchiveRestAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var pgdata = places.Pgdata(id);
        // A repository that does not know it yet has no backup of it that the rest could be added to.
        if (!Directory.Exists(pgdata) || !backups.IsMade(id) || File.Exists(backups.ArchivedMark(id)) || !Archiving.IsOn(pgdata)) return;
        // Without that nothing more can be archived, ever.
        if (ControlFile.IsWhole(pgdata)) await archive.PushAsync(id, pgdata, cancellationToken);
        // What waited is archived now.
        if ((ControlFile.ShutDownAt(pgdata) ?? ArchiveStatus.Read(pgdata).CompleteUpTo - SourceArchive.CommitMargin) is { } upTo) Note(backups.ArchivedMark(id), upTo);
    }

    private void Note(string mark, DateTimeOffset moment) =>
        files.Write(mark, BackupPlaces.Text(moment), FileModes.PrivateFile, FileOwner.Server);
}
