using Npgsql;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups.Drills;

/// <summary>
/// Takes a sample of a running source that is exact at one point of its changes, and holds up nobody for longer than milliseconds: writers
/// of the sampled tables are kept out only while a snapshot is taken and the point is made.
/// </summary>
internal static class Sampler
{
    private const int MostTables = 100;

    /// <summary>256 MB of one table, 1 GB of all.</summary>
    private const long MostPagesOfTable = 32768;
    private const long MostPages = 4 * MostPagesOfTable;

    public static async Task<SourceSample> TakeAsync(PostgresPlace place, CancellationToken cancellationToken)
    {
        await using var locking = await OpenAsync(place, cancellationToken);
        await using var reading = await OpenAsync(place, cancellationToken);
        var candidates = await CandidatesAsync(locking, cancellationToken);
        await ExecuteAsync(locking, "BEGIN", cancellationToken);
        var still = await LockAsync(locking, candidates, "SHARE", cancellationToken);

        await ExecuteAsync(reading, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken);
        await ExecuteAsync(reading, "SELECT pg_current_snapshot()::text", cancellationToken);
        // A table that is emptied or altered later would not look to this snapshot as it did. One that somebody waits for to do so is left to
        // them: they wait for the first lock, and a second one would wait for them.
        var tables = await LockAsync(reading, still, "ACCESS SHARE", cancellationToken);
        var point = $"daap-{Guid.NewGuid():N}";
        var at = await PointAsync(locking, point, cancellationToken);
        await ExecuteAsync(locking, "COMMIT", cancellationToken);

        var after = await Fingerprint.OfCatalogsAsync(locking, cancellationToken);
        var before = await Fingerprint.OfCatalogsAsync(reading, cancellationToken);
        var sums = new Dictionary<SampledTable, string>();
        foreach (var table in tables) sums[table] = await Fingerprint.OfTableAsync(reading, table, cancellationToken);
        await ExecuteAsync(reading, "COMMIT", cancellationToken);
        return new SourceSample(point, at, before, after, sums, candidates.Count - tables.Count);
    }

    /// <summary>Names in statements are PostgreSQL's own only, whatever the database's owner has put in the way.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(PostgresPlace place, CancellationToken cancellationToken)
    {
        var connection = await PlatformConnection.OpenAsync(place, cancellationToken, ClusterEndpoint.Database);
        await ExecuteAsync(connection, "SET search_path = pg_catalog; SET default_transaction_isolation = 'read committed'", cancellationToken);
        // Only PostgreSQL 17 and newer know it.
        await ExecuteAsync(connection, "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'", cancellationToken);
        return connection;
    }

    private static async Task<DateTimeOffset> PointAsync(NpgsqlConnection connection, string point, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT clock_timestamp(), pg_create_restore_point('{point}')::text", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero);
    }

    // By chance, so that one drill after the other sees them all.
    private static async Task<IReadOnlyList<SampledTable>> CandidatesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT quote_ident(nspname) || '.' || quote_ident(relname), least(pg_relation_size(c.oid) / current_setting('block_size')::int + 1, {MostPagesOfTable})
            FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
            WHERE relkind = 'r' AND relpersistence = 'p' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
            ORDER BY random() LIMIT {MostTables}
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<SampledTable>();
        var pages = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            // Gone since.
            if (await reader.IsDBNullAsync(1, cancellationToken)) continue;
            var table = new SampledTable(reader.GetString(0), reader.GetInt64(1));
            if ((pages += table.Pages) <= MostPages) found.Add(table);
        }

        return found;
    }

    private static async Task<IReadOnlyList<SampledTable>> LockAsync(
        NpgsqlConnection connection, IReadOnlyList<SampledTable> tables, string mode, CancellationToken cancellationToken)
    {
        var locked = new List<SampledTable>();
        foreach (var table in tables)
        {
            if (await TryLockAsync(connection, table, mode, cancellationToken)) locked.Add(table);
        }

        return locked;
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, SampledTable table, string mode, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, $"SAVEPOINT one; LOCK TABLE ONLY {table.Name} IN {mode} MODE NOWAIT", cancellationToken);
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            await ExecuteAsync(connection, "ROLLBACK TO one", cancellationToken);
            return false;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
