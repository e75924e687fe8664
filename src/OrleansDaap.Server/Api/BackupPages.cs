using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>A database's backups: those of the repository, those that wait for their turn, and those that failed; newest first.</summary>
internal static class BackupPages
{
    /// <exception cref="BackendUnavailableException">It is not known what the repository holds.</exception>
    public static async Task<IReadOnlyList<BackupResponse>> AllAsync(DatabaseState database, IPostgresBackend backend, CancellationToken cancellationToken) =>
        All(database, await backend.ListBackupsAsync(database.Id, cancellationToken));

    public static async Task<BackupResponse> FindAsync(DatabaseState database, IPostgresBackend backend, string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await AllAsync(database, backend, cancellationToken)).FirstOrDefault(backup => backup.Id == id)
                ?? throw ProblemException.NotFound("such backup");
        }
        catch (BackendUnavailableException) when (All(database, []).FirstOrDefault(backup => backup.Id == id) is { } recorded)
        {
            // One that waits or failed is not the repository's to tell of.
            return recorded;
        }
    }

    /// <summary>The cursor is the id of the last one shown.</summary>
    public static Page<BackupResponse> Of(IReadOnlyList<BackupResponse> all, PageRequest wanted)
    {
        var start = 0;
        if (wanted.Cursor is { } cursor)
        {
            start = all.TakeWhile(backup => backup.Id != cursor).Count() + 1;
            if (start > all.Count)
                throw ProblemException.Invalid("cursor", "is not a cursor of this list");
        }

        List<BackupResponse> items = [.. all.Skip(start).Take(wanted.Limit)];
        return new(items, start + items.Count < all.Count ? items[^1].Id : null);
    }

    private static IReadOnlyList<BackupResponse> All(DatabaseState database, IReadOnlyList<Backup> stored)
    {
        var state = database.Backups ?? new BackupState();
        var known = stored.Select(backup => backup.Id).ToHashSet(StringComparer.Ordinal);

        // What waits is younger than what is there, and what failed has its place by the time at which it was tried.
        var waiting = state.Queue.Reverse().Where(queued => !known.Contains(queued.Request.Id))
            .Select(queued => BackupResponse.Of(database.Id, queued, queued == state.Queue[0] && state.Failures > 0 ? state.LastFailure : null));
        var ended = stored.Concat(state.Failed.Where(failed => !known.Contains(failed.Id)))
            .OrderByDescending(backup => backup.StartedAt).Select(backup => BackupResponse.Of(database.Id, backup));
        return [.. waiting, .. ended];
    }
}
