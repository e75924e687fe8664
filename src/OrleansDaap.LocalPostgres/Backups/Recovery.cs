using System.Text.RegularExpressions;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Makes a data directory of a backup and the changes after it. It runs there on its Unix socket, archives nothing and is nobody's until
/// whoever asked for it takes it over.
/// </summary>
internal sealed partial class Recovery(
    PgBackRest backRest, PostgresServer postgres, PostgresFiles configuration, OwnedFiles files, DataDirectory data)
{
    /// <summary>Replaying a day of a busy database takes hours.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private const string EndedEarly = "recovery ended before configured recovery target was reached";

    /// <summary>Returns when it takes connections on its socket, promoted. What a former attempt left there is removed first.</summary>
    /// <param name="source">Whose backups.</param>
    /// <param name="set">One that ended before the target.</param>
    /// <param name="lastWal">The last file of changes that must be found if the target is not met before it.</param>
    /// <param name="target">One after the last change means the last change.</param>
    /// <param name="installation">Of the source's major.</param>
    /// <param name="place">Where.</param>
    /// <param name="cancellationToken">Ends it; what there is then is removed by <see cref="RemoveAsync"/>.</param>
    public async Task RunAsync(
        DatabaseId source, BackupSet set, string? lastWal, RecoveryTarget target, PostgresInstallation installation, PostgresPlace place, CancellationToken cancellationToken)
    {
        await RemoveAsync(place, cancellationToken);
        files.MakeDirectory(place.Pgdata, FileModes.PrivateDirectory, FileOwner.Tools);
        files.MakeDirectory(place.Logs, FileModes.PrivateDirectory, FileOwner.Tools);
        await backRest.RestoreAsync(source, set.Label, place.Pgdata, cancellationToken);
        try
        {
            await StartAsync(source, target, installation, place, cancellationToken);
            if (target != RecoveryTarget.End) return;
        }
        catch (ClusterFailureException failure) when (failure.Message.Contains(EndedEarly, StringComparison.Ordinal))
        {
            if (!target.MayLieBeyond)
                throw new ClusterFailureException("restore-failed", $"Changes of {source} are missing in the repository: they could not be replayed up to where they were to.", failure);
            // There is no change after the target, so all that it read is wanted. What has been archived since is not: the same last change.
            await StartAsync(source, RecoveryTarget.Change(LastChange(place)), installation, place, cancellationToken);
        }

        await CheckGapAsync(source, lastWal, place, cancellationToken);
    }

    /// <summary>Ends whatever runs there, of a killed server too, and removes every file.</summary>
    public async Task RemoveAsync(PostgresPlace place, CancellationToken cancellationToken)
    {
        await backRest.EndRestoreAsync(place.Pgdata, cancellationToken);
        if (!Directory.Exists(place.Pgdata)) return;
        await postgres.StopAsync(place.Pgdata, cancellationToken);
        PostgresServer.RemoveSocket(place.SocketFile);
        data.Remove(place.Pgdata);
    }

    private async Task StartAsync(
        DatabaseId source, RecoveryTarget target, PostgresInstallation installation, PostgresPlace place, CancellationToken cancellationToken)
    {
        configuration.Write(
            place.Pgdata, PostgresSettings.LocalOnlyConf(place) + target.Conf(backRest.FetchCommand(source, place.Pgdata)), PostgresSettings.LocalOnlyHba);
        // The source's own wishes, should it have any, are not to be obeyed while it recovers.
        files.Write(Path.Combine(place.Pgdata, "postgresql.auto.conf"), "", FileModes.PrivateFile, FileOwner.Tools);
        files.Write(Path.Combine(place.Pgdata, "recovery.signal"), "", FileModes.PrivateFile, FileOwner.Tools);
        try
        {
            await postgres.StartAsync(installation, place.Pgdata, place.Logs, place.SocketFile, cancellationToken, Patience);
        }
        catch (ClusterFailureException failure) when (failure.Code == "postgres-start-failed" && !failure.Message.Contains(EndedEarly, StringComparison.Ordinal))
        {
            throw new ClusterFailureException("restore-failed", $"The changes after the backup could not be replayed. {failure.Message}", failure);
        }
    }

    private static string LastChange(PostgresPlace place) => RedoDone().Matches(File.ReadAllText(Path.Combine(place.Logs, "start.log"))) is [.., var last]
        ? last.Groups[1].Value
        : throw new ClusterFailureException("restore-failed", "PostgreSQL ended its recovery early and did not say where.");

    // A file of changes that is missing or damaged looks to PostgreSQL like the end of all changes.
    private static async Task CheckGapAsync(DatabaseId source, string? lastWal, PostgresPlace place, CancellationToken cancellationToken)
    {
        await using var connection = await PlatformConnection.OpenAsync(place, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_walfile_name(pg_last_wal_replay_lsn())", connection);
        var reached = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        const int timeline = 8;
        if (lastWal is null || string.CompareOrdinal(reached[timeline..], lastWal[timeline..]) >= 0) return;
        throw new ClusterFailureException(
            "restore-failed", $"Changes of {source} are missing in the repository: it has them up to {lastWal}, and they could be replayed only up to {reached}.");
    }

    [GeneratedRegex("redo done at ([0-9A-F]+/[0-9A-F]+)")]
    private static partial Regex RedoDone();
}
