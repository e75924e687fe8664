using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Api;

/// <summary>Pages of the operations that a database keeps, newest first. The cursor is the id of the last one shown.</summary>
internal static class OperationPages
{
    public static Page<Operation> Of(DatabaseState database, PageRequest wanted)
    {
        var all = All(database);
        var end = all.Count;
        if (wanted.Cursor is { } cursor)
        {
            // One that has been dropped since was older than all that are kept: nothing follows it.
            if (!(OperationId.TryGetDatabase(cursor, out var owner) || BackupIds.TryGetDatabase(cursor, out owner)) || owner != database.Id)
                throw ProblemException.Invalid("cursor", "is not a cursor of this list");
            end = Math.Max(0, all.FindIndex(operation => operation.Id == cursor));
        }

        var start = Math.Max(0, end - wanted.Limit);
        var items = all.Skip(start).Take(end - start).Reverse().ToList();
        return new(items, start > 0 ? items[^1].Id : null);
    }

    // Oldest first. Backups that were asked for are among them; those of the schedule would soon be all there is.
    private static List<Operation> All(DatabaseState database) =>
        [.. database.Operations.Concat(BackupOperations.Of(database.Backups ?? new BackupState())).OrderBy(operation => operation.StartedAt)];
}
