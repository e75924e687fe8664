using System.Globalization;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;

namespace OrleansDaap.Storage.Listings;

/// <summary>Lists states whose keys say nothing about their age, newest first, by when their row was made.</summary>
internal static class ByAge
{
    public static async Task<Page<T>> ListAsync<T>(
        PlatformDatabase database, StateJson json, Order order, PageRequest page, CancellationToken cancellationToken)
    {
        var after = page.Cursor is { } cursor ? Parse(Cursor.Decode(cursor)) : ((long Microseconds, string Key)?)null;
        return await database.ReadAsync(
            async (connection, token) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = after is null ? order.First : order.Next;
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = page.Limit + 1 });
                if (after is var (microseconds, key))
                {
                    command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = DateTime.UnixEpoch.AddMicroseconds(microseconds) });
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
                }

                await command.PrepareAsync(token);
                await using var reader = await command.ExecuteReaderAsync(token);
                var items = new List<T>(page.Limit);
                var last = "";
                while (await reader.ReadAsync(token))
                {
                    if (items.Count == page.Limit)
                        return new Page<T>(items, Cursor.Encode(last));
                    items.Add(json.Read<T>(reader.GetFieldValue<byte[]>(2)));
                    last = Place(reader.GetDateTime(0), reader.GetString(1));
                }

                return new Page<T>(items, null);
            },
            cancellationToken);
    }

    private static string Place(DateTime createdAt, string key) =>
        string.Create(CultureInfo.InvariantCulture, $"{(createdAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}/{key}");

    private static (long Microseconds, string Key) Parse(string place)
    {
        // Up to the year 9999, which is as far as DateTime goes. PostgreSQL has no text with a NUL in it.
        const long Latest = 253402300799999999;
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && long.TryParse(place.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && microseconds <= Latest
            && !place.Contains('\0', StringComparison.Ordinal)
            ? (microseconds, place[(slash + 1)..])
            : throw Cursor.Malformed();
    }

    /// <summary>The statements for one kind. Its name stands in them, because only so can PostgreSQL see that the index applies.</summary>
    public sealed record Order(string Kind)
    {
        public string First { get; } = Sql(Kind, "");

        public string Next { get; } = Sql(Kind, "AND (created_at, key) < ($2, $3)");

        private static string Sql(string kind, string after) =>
            $"SELECT created_at, key, state FROM grain_state WHERE kind = '{kind}' {after} ORDER BY created_at DESC, key DESC LIMIT $1";
    }
}
