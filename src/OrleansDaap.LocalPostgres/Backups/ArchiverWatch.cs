using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Notices that a running cluster's changes are not archived: a file of them has waited for too long, and archiving it by hand fails too,
/// which tells why.
/// </summary>
internal sealed class ArchiverWatch(DatabaseId id, PgBackRest backRest, TimeProvider time)
{
    /// <summary>PostgreSQL tries three times within a few seconds; a busy one may be a little behind.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private DateTimeOffset _next;
    private Task _trying = Task.CompletedTask;

    /// <summary>Null: changes are archived.</summary>
    public StatusReason? Failure { get; private set; }

    public Task Trying => _trying;

    /// <param name="pgdata">Of the cluster that runs.</param>
    /// <param name="changed">Called when archiving has failed or healed.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public void Look(string pgdata, Action changed, CancellationToken cancellationToken)
    {
        if (!_trying.IsCompleted || time.GetUtcNow() < _next) return;
        var status = ArchiveStatus.Read(pgdata);
        if (status.OldestWaitingSince is not { } since || time.GetUtcNow() - since < Patience)
        {
            Set(null, changed);
            return;
        }

        _next = time.GetUtcNow() + Between;
        _trying = Task.Run(() => TryAsync(Path.Combine(pgdata, "pg_wal", status.Waiting[0]), changed, cancellationToken), CancellationToken.None);
    }

    private async Task TryAsync(string file, Action changed, CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(file)) await backRest.PushAsync(id, file, cancellationToken);
            Set(null, changed);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception failure) when (Failures.Describe(failure) is { } words)
        {
            Set(new StatusReason("archiving-failing", $"Changes are not archived. {words.Message}", time.GetUtcNow()), changed);
        }
    }

    private void Set(StatusReason? failure, Action changed)
    {
        var before = Failure;
        if (before?.Code == failure?.Code) return;
        Failure = failure;
        changed();
    }
}
