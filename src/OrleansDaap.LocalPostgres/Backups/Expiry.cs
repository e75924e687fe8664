using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// Removes a database's backups that are too old, and the changes that only they need: never while any of them are being read. pgBackRest
/// itself lets nobody who reads keep it from that.
/// </summary>
internal sealed class Expiry(PgBackRest backRest, BackupPlaces places, OwnedFiles files, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DatabaseId, Task> _running = [];

    /// <summary>Whether a cluster is being made of a database's backups, or waits to be; set once, before anything is asked.</summary>
    public Func<DatabaseId, bool> IsRestored { get; set; } = static _ => false;

    /// <summary>False: they are being read, so that it has to be tried another time.</summary>
    /// <param name="id">Whose backups.</param>
    /// <param name="sets">All that there are.</param>
    /// <param name="retentionDays">How many last days they are to restore to any moment of; null: all stay.</param>
    /// <param name="isDrilled">Whether a drill reads them, or is about to.</param>
    /// <param name="look">Sees what is left, before anyone who waits is told that it is done.</param>
    /// <param name="cancellationToken">Ends it; what it has not removed yet the next one does.</param>
    public async Task<bool> TryRunAsync(
        DatabaseId id, IReadOnlyList<BackupSet> sets, int? retentionDays, Func<bool> isDrilled, Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (isDrilled() || IsRestored(id)) return false;
            _running[id] = done.Task;
        }

        try
        {
            var kept = Note(id, sets, retentionDays).Kept(sets, time.GetUtcNow());
            if (kept > 0) await backRest.ExpireAsync(id, kept, cancellationToken);
            await look(cancellationToken);
            return true;
        }
        finally
        {
            lock (_lock) _running.Remove(id);
            done.SetResult();
        }
    }

    /// <summary>Whether some of them are about to go, once their grace is over.</summary>
    public bool IsAwaited(DatabaseId id) => File.Exists(places.OverdueFile(id));

    /// <summary>
    /// For who is about to read a database's backups, and is known to be: returns when none of them is being removed, by this server or for one
    /// that was killed. None will be until it has read them.
    /// </summary>
    public async Task WaitAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        Task? running;
        lock (_lock) running = _running.GetValueOrDefault(id);
        if (running is not null) await running.WaitAsync(cancellationToken);
        await backRest.WaitForExpiryAsync(id, cancellationToken);
    }

    private OverdueBackups Note(DatabaseId id, IReadOnlyList<BackupSet> sets, int? retentionDays)
    {
        var file = places.OverdueFile(id);
        var before = File.Exists(file) ? OverdueBackups.Parse(File.ReadAllText(file)) : OverdueBackups.None;
        var overdue = retentionDays is { } days ? before.Next(sets, days, time.GetUtcNow()) : OverdueBackups.None;
        if (overdue.Since.Count > 0) files.Write(file, overdue.Text, FileModes.PrivateFile, FileOwner.Server);
        else File.Delete(file);
        return overdue;
    }
}
