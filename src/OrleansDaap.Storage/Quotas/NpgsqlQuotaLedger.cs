using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Quotas;

/// <summary>The reservations, a row each.</summary>
internal sealed class NpgsqlQuotaLedger(PlatformDatabase database, WriteQueue queue, TimeProvider time) : IQuotaLedger
{
    // One statement, so that the version and the rows are of one moment.
    private const string Read =
        """
        SELECT ledger.version, held.database_id, held.cpu_cores, held.memory_gib, held.storage_gib, held.databases
        FROM quota_ledger AS ledger LEFT JOIN quota_reservation AS held USING (tier) WHERE ledger.tier = $1
        """;

    // A record without a cost was written before there was one: what it holds is not judged.
    private const string Stray =
        """
        SELECT held.database_id, coalesce((due.cost -> 'cpu_cores')::numeric, 0), coalesce((due.cost -> 'memory_gib')::numeric, 0),
            coalesce((due.cost -> 'storage_gib')::numeric, 0), coalesce((due.cost -> 'databases')::integer, 0)
        FROM quota_reservation AS held
        LEFT JOIN grain_state AS record ON record.kind = 'database' AND record.key = held.database_id
        CROSS JOIN LATERAL (SELECT CASE WHEN record.tier = held.tier AND record.status NOT IN ('archived', 'deleted') THEN record.state -> 'cost' END) AS due (cost)
        WHERE held.tier = $1 AND held.reserved_at < $2 AND CASE
            WHEN record.key IS NULL OR record.status IN ('archived', 'deleted') THEN true
            WHEN coalesce(jsonb_array_length(record.state -> 'moving_from'), 0) > 0 THEN record.tier <> held.tier AND NOT record.state -> 'moving_from' ? held.tier
            WHEN record.tier <> held.tier THEN true
            ELSE due.cost IS NOT NULL AND (held.cpu_cores, held.memory_gib, held.storage_gib, held.databases) IS DISTINCT FROM
                ((due.cost -> 'cpu_cores')::numeric, (due.cost -> 'memory_gib')::numeric, (due.cost -> 'storage_gib')::numeric, (due.cost -> 'databases')::integer)
            END
        """;

    public Task<QuotaLedger> ReadAsync(string tier) => database.ReadAsync(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Read;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tier });
            await using var reader = await command.ExecuteReaderAsync(token);
            var version = 0L;
            var reservations = new List<Reservation>();
            while (await reader.ReadAsync(token))
            {
                version = reader.GetInt64(0);
                if (!await reader.IsDBNullAsync(1, token))
                    reservations.Add(new Reservation(new DatabaseId(reader.GetString(1)), Cost(reader, 2)));
            }

            return new QuotaLedger(version, reservations);
        },
        CancellationToken.None);

    public Task<long> WriteAsync(string tier, long version, IReadOnlyCollection<Reservation> added, IReadOnlyCollection<DatabaseId> removed) =>
        queue.WriteAsync(new LedgerWrite(tier, version, added, removed, time.GetUtcNow()));

    public Task<IReadOnlyList<Reservation>> ListStrayAsync(string tier, DateTimeOffset before) => database.ReadAsync<IReadOnlyList<Reservation>>(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Stray;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tier });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime });
            await using var reader = await command.ExecuteReaderAsync(token);
            var strays = new List<Reservation>();
            while (await reader.ReadAsync(token))
            {
                strays.Add(new Reservation(new DatabaseId(reader.GetString(0)), Cost(reader, 1)));
            }

            return strays;
        },
        CancellationToken.None);

    private static ResourceAmounts Cost(NpgsqlDataReader row, int first) =>
        new(row.GetDecimal(first), row.GetDecimal(first + 1), row.GetDecimal(first + 2), row.GetInt32(first + 3));
}
