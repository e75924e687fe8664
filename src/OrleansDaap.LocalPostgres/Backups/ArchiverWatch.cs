using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Notices that a running cluster's changes are not archived: a file of them waits, PostgreSQL says that archiving it failed or has tried for
/// too long, and archiving it by hand fails too, which tells why; or that works, and PostgreSQL does not do it nevertheless.
/// </summary>
internal sealed class ArchiverWatch(DatabaseId id, ClusterPlaces clusters, PgBackRest backRest, TimeProvider time)
{
    /// <summary>Shorter than between two looks: a file that waits at both is asked about.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    /// <summary>A slow repository takes a while for a file, and a busy PostgreSQL may be a little behind.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Archiving a file that is there already takes no time: it has had many times what it needs.</summary>
    private static readonly TimeSpan RetryPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private readonly Alarm _next = new(time);
    private (string File, long Seen)? _waiting;
    private string? _pushed;
    private Task _trying = Task.CompletedTask;

    /// <summary>Null: changes are archived.</summary>
    public StatusReason? Failure { get; private set; }

    public Task Trying => _trying;

    /// <summary>Looks at a cluster that runs.</summary>
    /// <param name="record">Of it.</param>
    /// <param name="changed">Called when archiving has failed or healed.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public void Look(ClusterRecord record, Action changed, CancellationToken cancellationToken)
    {
        if (!_trying.IsCompleted || !_next.IsDue) return;
        var waiting = ArchiveStatus.Read(clusters.Pgdata(id)).Waiting is [var oldest, ..] ? oldest : null;
        if (waiting is null || waiting != _waiting?.File)
        {
            _waiting = waiting is null ? null : (waiting, time.GetTimestamp());
            _pushed = null;
            Set(null, changed);
            return;
        }

        if (time.GetElapsedTime(_waiting.Value.Seen) > Brief)
            _trying = Task.Run(() => TryAsync(record, waiting, time.GetElapsedTime(_waiting.Value.Seen), changed, cancellationToken), CancellationToken.None);
    }

    private async Task TryAsync(ClusterRecord record, string waiting, TimeSpan since, Action changed, CancellationToken cancellationToken)
    {
        var pgdata = clusters.Pgdata(id);
        try
        {
            if (_pushed == waiting)
            {
                _next.Set(Between);
                Set(Sick(waiting), changed);
                return;
            }

            if (since < Patience && !await SaysItFailsAsync(record, cancellationToken)) return;
            _next.Set(Between);
            var file = Path.Combine(pgdata, "pg_wal", waiting);
            if (File.Exists(file)) await backRest.PushAsync(id, file, cancellationToken);
            _pushed = waiting;
            _next.Set(RetryPatience);
            Set(null, changed);
            // After three failures it sleeps for up to a minute, unless it is told to read its settings.
            PostgresServer.Reload(pgdata);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception failure) when (Failures.Describe(failure) is { } words)
        {
            _pushed = null;
            Set(new StatusReason("archiving-failing", $"Changes are not archived. {words.Message}", time.GetUtcNow()), changed);
        }
    }

    private async Task<bool> SaysItFailsAsync(ClusterRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await PlatformConnection.OpenAsync(clusters.Postgres(record, []), cancellationToken);
            await using var command = new NpgsqlCommand("SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) FROM pg_stat_archiver", connection);
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException)
        {
            // It says nothing.
            return false;
        }
    }

    private StatusReason Sick(string waiting) => new(
        "archiving-failing",
        $"PostgreSQL does not archive its changes: {waiting} waits, although the repository takes it. Its archive_command fails or is not run; its log in {clusters.Logs(id)} says why.",
        time.GetUtcNow());

    private void Set(StatusReason? failure, Action changed)
    {
        var before = Failure;
        // Since when stays; what is wrong may be another thing by now.
        if (before?.Code == failure?.Code && before?.Message == failure?.Message) return;
        Failure = failure is not null && before?.Code == failure.Code ? failure with { Since = before.Since } : failure;
        changed();
    }
}
