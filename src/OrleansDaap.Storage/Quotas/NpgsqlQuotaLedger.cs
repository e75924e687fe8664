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

    private const string Orphans =
        """
        SELECT held.database_id FROM quota_reservation AS held
        LEFT JOIN grain_state AS record ON record.kind = 'database' AND record.key = held.database_id
        WHERE held.tier = $1 AND held.reserved_at < $2 AND (record.key IS NULL OR record.status IN ('archived', 'deleted'))
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
                    reservations.Add(new Reservation(new DatabaseId(reader.GetString(1)), Cost(reader)));
            }

            return new QuotaLedger(version, reservations);
        },
        CancellationToken.None);

    public Task<long> WriteAsync(string tier, long version, IReadOnlyCollection<Reservation> added, IReadOnlyCollection<DatabaseId> removed) =>
        queue.WriteAsync(new LedgerWrite(tier, version, added, removed, time.GetUtcNow()));

    public Task<IReadOnlyList<DatabaseId>> ListOrphansAsync(string tier, DateTimeOffset before) => database.ReadAsync<IReadOnlyList<DatabaseId>>(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Orphans;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tier });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime });
            await using var reader = await command.ExecuteReaderAsync(token);
            var orphans = new List<DatabaseId>();
            while (await reader.ReadAsync(token))
            {
                orphans.Add(new DatabaseId(reader.GetString(0)));
            }

            return orphans;
        },
        CancellationToken.None);

    private static ResourceAmounts Cost(NpgsqlDataReader row) =>
        new(row.GetDecimal(2), row.GetDecimal(3), row.GetDecimal(4), row.GetInt32(5));
}
