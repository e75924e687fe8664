using Npgsql;

namespace OrleansDaap.Drills;

/// <summary>What pg_amcheck looks at, by the extension that it uses, for clusters that are reached over SQL only.</summary>
internal static class FileCheck
{
    /// <summary>What one relation may take.</summary>
    private const int Seconds = 1800;
    private const int MostNamed = 3;

    /// <summary>Heaps, and B-tree indexes that are whole.</summary>
    private const string Relations =
        """
        SELECT c.oid, quote_ident(nspname) || '.' || quote_ident(relname), relkind = 'i'
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_am a ON a.oid = relam LEFT JOIN pg_index ON indexrelid = c.oid
        WHERE relpersistence = 'p' AND ((amname = 'heap' AND relkind IN ('r', 'm', 't')) OR (amname = 'btree' AND relkind = 'i' AND indisvalid AND indisready))
        """;

    /// <summary>What is not in order, in words; null when all is.</summary>
    /// <param name="open">As a superuser, into a cluster that nobody else uses: the extension is installed where it is missing.</param>
    /// <param name="databases">Their names.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="PostgresException">Among others undefined_file: the extension is not there.</exception>
    public static async Task<string?> FindCorruptionAsync(OpenDatabase open, IEnumerable<string> databases, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var database in databases) await CheckAsync(open, database, found, cancellationToken);
        if (found.Count == 0) return null;
        var more = found.Count > MostNamed ? $", and {found.Count - MostNamed} more" : "";
        return $"Restored, its files are not in order: {string.Join(", ", found.Take(MostNamed))}{more}.";
    }

    private static async Task CheckAsync(OpenDatabase open, string database, List<string> found, CancellationToken cancellationToken)
    {
        var connection = await DatabaseSampler.ConnectAsync(open, database, cancellationToken);
        try
        {
            await AskAsync(connection, "CREATE EXTENSION IF NOT EXISTS amcheck WITH SCHEMA pg_catalog", cancellationToken);
            var schema = await AskAsync(connection, "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'amcheck'", cancellationToken);
            foreach (var (oid, name, isIndex) in await RelationsAsync(connection, cancellationToken))
            {
                var check = isIndex
                    ? $"SELECT {schema}.bt_index_check({oid}::regclass)::text"
                    : $"SELECT 'block ' || blkno || ': ' || msg FROM {schema}.verify_heapam({oid}::regclass, on_error_stop := true) LIMIT 1";
                try
                {
                    if (await AskAsync(connection, check, cancellationToken) is { Length: > 0 } wrong) found.Add($"{name} of {database} ({wrong})");
                }
                catch (PostgresException failure) when (DatabaseSampler.IsBroken(failure))
                {
                    found.Add($"{name} of {database} ({failure.MessageText})");

                    // A page whose checksum is wrong ends the connection.
                    if (connection.State == System.Data.ConnectionState.Open) continue;
                    await connection.DisposeAsync();
                    connection = await DatabaseSampler.ConnectAsync(open, database, cancellationToken);
                }
            }
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<(uint Oid, string Name, bool IsIndex)>> RelationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Relations, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(uint, string, bool)>();
        while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetBoolean(2)));
        return found;
    }

    private static async Task<string?> AskAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = Seconds };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
