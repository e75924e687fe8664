using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Brings to the repository what a cluster, whatever its state, has not archived yet.</summary>
internal sealed class SourceArchive(ClusterPlaces clusters, ClusterStore store, BackupPlaces places, PgBackRest backRest, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>As long as pgBackRest itself waits for a file of changes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The code of a failure that is over when the source runs again.</summary>
    public const string Behind = "restore-source-behind";

    /// <summary>A commit takes its time a moment before it is written, perhaps to the next file.</summary>
    public static readonly TimeSpan CommitMargin = TimeSpan.FromSeconds(1);

    /// <summary>Returns when every change up to a moment is archived that can be. Throws when one that was committed by then may be missing.</summary>
    public async Task BringAsync(DatabaseId id, DateTimeOffset upTo, CancellationToken cancellationToken)
    {
        var before = ArchiveStatus.Read(clusters.Pgdata(id));
        try
        {
            await BringAllAsync(id, cancellationToken);
        }
        // A source that is only behind has all archived by now that waited.
        catch (ClusterFailureException failure) when (
            upTo <= BackupPlaces.Moment(places.NotedMark(id)) || ((failure.Code == Behind ? before.CompleteUpTo : before.ArchivedUpTo) is { } archived && upTo <= archived - CommitMargin))
        {
            // It is needed for later moments only.
        }
    }

    /// <summary>As <see cref="BringAsync"/>, of everything.</summary>
    public async Task BringAllAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var pgdata = clusters.Pgdata(id);
        if (!Directory.Exists(pgdata)) return;
        var record = Record(id);
        if (record is { Spec.Backups: not null } && PostgresServer.IsReady(pgdata) && await TrySwitchAsync(record, cancellationToken) is { } last)
        {
            await WaitAsync(id, pgdata, last, cancellationToken);
            return;
        }

        await PushAsync(id, pgdata, cancellationToken);
        // A proper stop archives all there is; a crash leaves its last commits in a file that is not complete.
        if (record is { Spec.Backups: not null } && (PostgresServer.IsRunning(pgdata) || ControlFile.ShutDownAt(pgdata) is null)) throw Unfinished(id);
    }

    /// <summary>Archives by hand what waits: each is complete, and one that PostgreSQL archives again is the same.</summary>
    public async Task PushAsync(DatabaseId id, string pgdata, CancellationToken cancellationToken)
    {
        foreach (var waiting in ArchiveStatus.Read(pgdata).Waiting)
        {
            var file = Path.Combine(pgdata, "pg_wal", waiting);
            if (File.Exists(file)) await backRest.PushAsync(id, file, cancellationToken);
        }
    }

    // The name of the last file that has to be archived; null when it does not answer.
    private async Task<string?> TrySwitchAsync(ClusterRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await PlatformConnection.OpenAsync(clusters.Postgres(record, []), cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_walfile_name(pg_switch_wal())", connection);
            return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task WaitAsync(DatabaseId id, string pgdata, string last, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + Patience;
        while (ArchiveStatus.Read(pgdata).Waiting.Any(waiting => string.CompareOrdinal(waiting, last) <= 0))
        {
            if (time.GetUtcNow() > deadline)
            {
                // This one says what is wrong.
                await PushAsync(id, pgdata, cancellationToken);
                return;
            }

            await Task.Delay(Step, time, cancellationToken);
        }
    }

    private static ClusterFailureException Unfinished(DatabaseId id) => new(
        Behind, $"The last changes of {id} are not archived yet, and its PostgreSQL does not answer; they are when it runs again or has stopped in order.");

    private ClusterRecord? Record(DatabaseId id)
    {
        try
        {
            return store.Read(id);
        }
        catch (ClusterFailureException)
        {
            return null;
        }
    }
}
