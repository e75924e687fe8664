using Npgsql;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Listings;

namespace OrleansDaap.Storage.Audit;

/// <summary>Entries by their ids, which sort by age.</summary>
internal sealed class NpgsqlAuditListing(PlatformDatabase database) : IAuditListing
{
    public async Task<Page<AuditEntry>> ListAsync(AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var after = page.Cursor is not { } cursor ? null
            : Cursor.Decode(cursor) is var id && SortableId.IsWellFormed(id) ? id
            : throw Cursor.Malformed();
        return await database.ReadAsync(
            async (connection, token) =>
            {
                await using var command = connection.CreateCommand();
                new AuditQuery(command).Ask(filter, page.Limit + 1, after);
                await command.PrepareAsync(token);
                await using var reader = await command.ExecuteReaderAsync(token);
                var items = new List<AuditEntry>(page.Limit);
                while (await reader.ReadAsync(token))
                {
                    if (items.Count == page.Limit)
                        return new Page<AuditEntry>(items, Cursor.Encode(items[^1].Id));
                    items.Add(Read(reader));
                }

                return new Page<AuditEntry>(items, null);
            },
            cancellationToken);
    }

    private static AuditEntry Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetFieldValue<DateTimeOffset>(1),
        row.GetString(2),
        Text(row, 3),
        Text(row, 4),
        Text(row, 5),
        row.GetString(6),
        row.GetString(7),
        row.GetString(8),
        row.GetInt32(9),
        Text(row, 10));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
