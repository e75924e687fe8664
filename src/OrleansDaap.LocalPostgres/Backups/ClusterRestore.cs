using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Makes a cluster's data of another's backups. It is made under another name and gets its own when it is whole, so that nothing half-made
/// is ever taken for a database.
/// </summary>
internal sealed class ClusterRestore(
    BackupPlaces places, BackupSettings settings, ClusterPlaces clusters, SourceArchive archive, PgBackRest backRest, Expiry expiry, Recovery recovery, PostgresServer postgres)
{
    public async Task RunAsync(ClusterRecord record, RecoverySource source, PostgresInstallation installation, CancellationToken cancellationToken)
    {
        var id = record.Spec.Id;
        if (!places.Exists(source.Database)) throw Gone(source.Database);
        settings.CheckPassphrase(source.Database);
        // The source needs no running PostgreSQL of its own for this; its settings may be those of an older server.
        if (!File.Exists(places.SettingsFile(source.Database))) settings.Ensure(source.Database, null);
        await expiry.WaitAsync(source.Database, cancellationToken);
        var info = await BringAsync(source, cancellationToken);
        var set = Choose(source, info);
        var place = Place(record);
        await recovery.RunAsync(source.Database, set, info.LastWal, RecoveryTarget.Time(source.TargetTime), installation, place, cancellationToken);
        await postgres.StopAsync(place.Pgdata, cancellationToken);
        PostgresServer.RemoveSocket(place.SocketFile);
        Directory.Move(place.Pgdata, clusters.Pgdata(id));
        Posix.SyncDirectory(clusters.Directory(id));
    }

    /// <summary>Ends a restore that is under way or was cut short, and removes what there is of it.</summary>
    public Task RemoveAsync(DatabaseId id, int? port, CancellationToken cancellationToken) => recovery.RemoveAsync(Place(id, port ?? 1), cancellationToken);

    private async Task<RepositoryInfo> BringAsync(RecoverySource source, CancellationToken cancellationToken)
    {
        try
        {
            await archive.BringAsync(source.Database, source.TargetTime, cancellationToken);
        }
        catch (ClusterFailureException)
        {
            // A backup ends with all its changes archived: up to its end nothing of a source that is broken for good is needed.
            var known = await backRest.InfoAsync(source.Database, cancellationToken);
            if (known.Sets.Count > 0 && source.TargetTime <= known.Sets[^1].FinishedAt) return known;
            throw;
        }

        return await backRest.InfoAsync(source.Database, cancellationToken);
    }

    private PostgresPlace Place(ClusterRecord record) => Place(record.Spec.Id, record.Port);

    // The port names its socket, as it will the cluster's own.
    private PostgresPlace Place(DatabaseId id, int port) => clusters.Unfinished(id, port);

    private static BackupSet Choose(RecoverySource source, RepositoryInfo info)
    {
        if (info.Sets.Count == 0) throw Gone(source.Database);
        return info.Sets.LastOrDefault(set => set.FinishedAt <= source.TargetTime) ?? throw new ClusterFailureException(
            "restore-source-gone", $"The oldest backup of {source.Database} that is kept ended at {info.Sets[0].FinishedAt:O}, after {source.TargetTime:O}.");
    }

    private static ClusterFailureException Gone(DatabaseId source) => new("restore-source-gone", $"There is no backup of {source} to restore from.");
}
