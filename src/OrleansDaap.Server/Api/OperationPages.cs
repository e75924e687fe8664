using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Server.Api;

/// <summary>Pages of the operations that a database keeps, newest first. The cursor is the id of the last one shown.</summary>
internal static class OperationPages
{
    public static Page<Operation> Of(DatabaseState database, PageRequest wanted)
    {
        var end = database.Operations.Count;
        if (wanted.Cursor is { } cursor)
        {
            // One that has been dropped since was older than all that are kept: nothing follows it.
            if (!OperationId.TryGetDatabase(cursor, out var owner) || owner != database.Id)
                throw ProblemException.Invalid("cursor", "is not a cursor of this list");
            end = Math.Max(0, database.Operations.ToList().FindIndex(operation => operation.Id == cursor));
        }

        var start = Math.Max(0, end - wanted.Limit);
        var items = database.Operations.Skip(start).Take(end - start).Reverse().ToList();
        return new(items, start > 0 ? items[^1].Id : null);
    }
}
