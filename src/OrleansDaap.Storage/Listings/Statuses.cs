using OrleansDaap.Common;
using OrleansDaap.Databases;

namespace OrleansDaap.Storage.Listings;

/// <summary>Database statuses as they are stored.</summary>
internal static class Statuses
{
    public static string[] All { get; } = [.. Enum.GetValues<DatabaseStatus>().Select(WireName.Of)];

    /// <summary>
    /// All but deleted. Asked for one by one, never as "not deleted": an index is sorted by status, and of an inequality
    /// PostgreSQL would have to read the deleted ones to leave them out.
    /// </summary>
    public static string[] Live { get; } =
        [.. All.Where(status => status != WireName.Of(DatabaseStatus.Deleted))];
}
