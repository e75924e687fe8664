using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;

namespace OrleansDaap.Storage.Listings;

/// <summary>Databases by their ids, which sort by age.</summary>
internal sealed class NpgsqlDatabaseListing(PlatformDatabase database, StateJson json) : IDatabaseListing, IDisposable
{
    private const string Unsettled = "SELECT key FROM grain_state WHERE kind = 'database' AND NOT settled ORDER BY key";

    // Status by status, from the index that is there for counting: to group would be to compare each row's status with the next one's.
    private const string Count =
        """
        SELECT wanted.status, found.databases FROM unnest($1) AS wanted (status) CROSS JOIN LATERAL (
            SELECT count(*)::int AS databases FROM grain_state WHERE kind = 'database' AND grain_state.status = wanted.status) AS found
        """;

    // A grain's id is its type, a slash and its key.
    private const string WithoutReminder =
        """
        SELECT key FROM grain_state WHERE kind = 'database' AND status = ANY($1) AND NOT EXISTS (
            SELECT FROM reminder WHERE reminder.name = $2 AND substr(grain_id, strpos(grain_id, '/') + 1) = grain_state.key)
        """;

    // A page is work for a processor, here and in PostgreSQL: more at once than there are would only make each of them take longer, and the
    // slowest most of all.
    private readonly SemaphoreSlim _turns = new(Math.Max(2, Environment.ProcessorCount));

    public async Task<Page<DatabaseState>> ListAsync(DatabaseFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var after = page.Cursor is not { } cursor ? (DatabaseId?)null
            : DatabaseId.TryParse(Cursor.Decode(cursor), out var id) ? id
            : throw Cursor.Malformed();
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await ReadPageAsync(filter, page, after, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    public async Task<DatabaseState?> FindAsync(DatabaseId id, CancellationToken cancellationToken) =>
        await StoredState.FindAsync(database, "database", id.Value, cancellationToken) is { } stored
            ? json.Read<DatabaseState>(stored.State).WithETag()
            : null;

    public void Dispose() => _turns.Dispose();

    public Task<IReadOnlyDictionary<DatabaseStatus, int>> CountByStatusAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<DatabaseStatus, int>>(
            async (connection, token) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = Count;
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Statuses.All });
                await using var reader = await command.ExecuteReaderAsync(token);
                var counts = new Dictionary<DatabaseStatus, int>();
                while (await reader.ReadAsync(token))
                {
                    if (WireName.TryParse<DatabaseStatus>(reader.GetString(0), out var status))
                        counts.Add(status, reader.GetInt32(1));
                }

                return counts;
            },
            cancellationToken);

    public IAsyncEnumerable<DatabaseId> ListUnsettledAsync(CancellationToken cancellationToken) => ReadIdsAsync(Unsettled, [], cancellationToken);

    public IAsyncEnumerable<DatabaseId> ListWithoutReminderAsync(string reminder, CancellationToken cancellationToken) => ReadIdsAsync(
        WithoutReminder,
        [new NpgsqlParameter<string[]> { TypedValue = Statuses.Live }, new NpgsqlParameter<string> { TypedValue = reminder }],
        cancellationToken);

    private Task<Page<DatabaseState>> ReadPageAsync(DatabaseFilter filter, PageRequest page, DatabaseId? after, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (connection, token) =>
            {
                await using var command = connection.CreateCommand();
                Ask(command, filter, page.Limit + 1, after);
                await command.PrepareAsync(token);
                await using var reader = await command.ExecuteReaderAsync(token);
                var items = new List<DatabaseState>(page.Limit);
                while (await reader.ReadAsync(token))
                {
                    if (items.Count == page.Limit)
                        return new Page<DatabaseState>(items, Cursor.Encode(items[^1].Id.Value));
                    items.Add(json.Read<DatabaseState>(reader.GetFieldValue<byte[]>(0)));
                }

                return new Page<DatabaseState>(items, null);
            },
            cancellationToken);

    /// <summary>
    /// Reads status by status, each from its own place in the index that fits the filter, never more than a page of it, and
    /// merges: the work is the same at any depth, for any mixture of statuses.
    /// </summary>
    private static void Ask(NpgsqlCommand command, DatabaseFilter filter, int limit, DatabaseId? after)
    {
        var conditions = new StringBuilder();
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = filter.Status is { } status ? [WireName.Of(status)] : Statuses.Live });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var driven = false;
        Where("name", filter.Name);
        Where("owner_team", filter.OwnerTeam);
        Where("tier", filter.Tier);
        if (after is { } id)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id.Value });
            conditions.Append($" AND key < ${command.Parameters.Count}");
        }

        // The keys alone come from the index; only the states of the page are fetched, not five times as many.
        command.CommandText =
            $"""
            SELECT database.state FROM (
                SELECT page.key FROM unnest($1) AS wanted (status) CROSS JOIN LATERAL (
                    SELECT key FROM grain_state WHERE kind = 'database' AND grain_state.status = wanted.status{conditions}
                    ORDER BY key DESC LIMIT $2) AS page
                ORDER BY page.key DESC LIMIT $2) AS page
            JOIN grain_state AS database ON database.kind = 'database' AND database.key = page.key
            ORDER BY database.key DESC
            """;

        // The most selective column picks the index; the others are put in a way that no index serves. Left to choose, PostgreSQL
        // without fresh statistics takes a team's databases of a tier from among the tier's: 225 ms instead of 2 of 100,000.
        void Where(string column, string? value)
        {
            if (value is null)
                return;

            // PostgreSQL has no text with a NUL in it; the empty one matches as little.
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value.Contains('\0', StringComparison.Ordinal) ? "" : value });
            conditions.Append($" AND {column} {(driven ? "IS NOT DISTINCT FROM" : "=")} ${command.Parameters.Count}");
            driven = true;
        }
    }

    // All ids before the first one is given out (a hundred thousand are 10 MB): what is done with them may take hours, and a
    // connection is not held that long.
    private async IAsyncEnumerable<DatabaseId> ReadIdsAsync(
        string sql, NpgsqlParameter[] parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ids = await database.ReadAsync(
            async (connection, token) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                foreach (var parameter in parameters)
                {
                    command.Parameters.Add(parameter.Clone());
                }

                await using var reader = await command.ExecuteReaderAsync(token);
                var ids = new List<DatabaseId>();
                while (await reader.ReadAsync(token))
                {
                    ids.Add(new DatabaseId(reader.GetString(0)));
                }

                return ids;
            },
            cancellationToken);
        foreach (var id in ids)
        {
            yield return id;
        }
    }
}
