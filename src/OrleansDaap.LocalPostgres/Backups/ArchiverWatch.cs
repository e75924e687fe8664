using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Notices that a running cluster's changes are not archived: a file of them has waited for too long, and archiving it by hand fails too,
/// which tells why; or that works, and PostgreSQL does not do it nevertheless.
/// </summary>
internal sealed class ArchiverWatch(DatabaseId id, ClusterPlaces clusters, PgBackRest backRest, TimeProvider time)
{
    /// <summary>PostgreSQL tries three times within a few seconds; a busy one may be a little behind.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private DateTimeOffset _next;
    private (string File, DateTimeOffset At)? _pushed;
    private Task _trying = Task.CompletedTask;

    /// <summary>Null: changes are archived.</summary>
    public StatusReason? Failure { get; private set; }

    public Task Trying => _trying;

    /// <summary>Looks at a cluster that runs.</summary>
    /// <param name="changed">Called when archiving has failed or healed.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public void Look(Action changed, CancellationToken cancellationToken)
    {
        if (!_trying.IsCompleted || time.GetUtcNow() < _next) return;
        var status = ArchiveStatus.Read(clusters.Pgdata(id));
        if (status.OldestWaitingSince is not { } since || time.GetUtcNow() - since < Patience)
        {
            _pushed = null;
            Set(null, changed);
            return;
        }

        _next = time.GetUtcNow() + Between;
        _trying = Task.Run(() => TryAsync(status.Waiting[0], changed, cancellationToken), CancellationToken.None);
    }

    private async Task TryAsync(string waiting, Action changed, CancellationToken cancellationToken)
    {
        var pgdata = clusters.Pgdata(id);
        try
        {
            if (_pushed is { } pushed && pushed.File == waiting)
            {
                // Archiving one that is there already takes no time: it has had many times what it needs.
                if (time.GetUtcNow() - pushed.At > Patience) Set(Sick(waiting), changed);
                return;
            }

            var file = Path.Combine(pgdata, "pg_wal", waiting);
            if (File.Exists(file)) await backRest.PushAsync(id, file, cancellationToken);
            _pushed = (waiting, time.GetUtcNow());
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

    private StatusReason Sick(string waiting) => new(
        "archiving-failing",
        $"PostgreSQL does not archive its changes: {waiting} waits, although the repository takes it. Its archive_command fails or is not run; its log in {clusters.Logs(id)} says why.",
        time.GetUtcNow());

    private void Set(StatusReason? failure, Action changed)
    {
        var before = Failure;
        if (before?.Code == failure?.Code) return;
        Failure = failure;
        changed();
    }
}
