using System.Data;
using Npgsql;

namespace OrleansDaap.Drills;

/// <summary>
/// Takes the sample of one database, step by step. A table is locked for the moment of the point, and again while a part of it is read;
/// whoever wants to alter one meanwhile does so, and it is left out.
/// </summary>
internal sealed class DatabaseSampler : IAsyncDisposable
{
    /// <summary>256 MB.</summary>
    public const long MostPagesOfTable = 32768;
    private const int MostTables = 100;
    private const int MostSequences = 1000;

    /// <summary>Who is no superuser sees what they own, or what a role owns that they have.</summary>
    private const string IsOwn = "pg_has_role(relowner, 'USAGE')";

    private readonly OpenDatabase _open;
    private readonly string _name;
    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<string, SequenceState> _sequences = [];
    private readonly List<SampledTable> _locked = [];
    private readonly List<string> _unreadable = [];
    private IReadOnlyDictionary<string, RowSum> _catalogs = new Dictionary<string, RowSum>();
    private int _busy;

    private DatabaseSampler(OpenDatabase open, string name, NpgsqlConnection connection) => (_open, _name, _connection) = (open, name, connection);

    /// <summary>The tables that may be sampled.</summary>
    public IReadOnlyList<SampledTable> Candidates { get; private set; } = [];

    public static async Task<DatabaseSampler> OpenAsync(OpenDatabase open, string name, CancellationToken cancellationToken)
    {
        var sampler = new DatabaseSampler(open, name, await ConnectHastilyAsync(open, name, cancellationToken));
        try
        {
            sampler.Candidates = await sampler.TablesAsync(cancellationToken);
            foreach (var sequence in await sampler.SequenceNamesAsync(cancellationToken))
            {
                if (await TrySequenceAsync(sampler._connection, sequence, cancellationToken) is { } state) sampler._sequences[sequence] = state;
                else sampler._busy++;
            }

            return sampler;
        }
        catch
        {
            await sampler.DisposeAsync();
            throw;
        }
    }

    /// <summary>Names in statements are PostgreSQL's own only and values look alike everywhere, whatever the database's owner has chosen.</summary>
    public static async Task<NpgsqlConnection> ConnectAsync(OpenDatabase open, string name, CancellationToken cancellationToken)
    {
        var connection = await open(name, cancellationToken);
        await ExecuteAsync(connection, "SET search_path = pg_catalog; SET row_security = off; SET default_transaction_isolation = 'read committed'", cancellationToken);
        await ExecuteAsync(
            connection,
            "SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET lc_monetary = 'C'",
            cancellationToken);
        // Only PostgreSQL 17 and newer know it.
        await ExecuteAsync(connection, "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'", cancellationToken);
        return connection;
    }

    /// <summary>As the other, to a source: a sequence cannot be locked without waiting, so nobody is waited for longer than this.</summary>
    private static async Task<NpgsqlConnection> ConnectHastilyAsync(OpenDatabase open, string name, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(open, name, cancellationToken);
        await ExecuteAsync(connection, "SET lock_timeout = 5", cancellationToken);
        return connection;
    }

    public void Choose(IReadOnlyList<SampledTable> tables) => Candidates = tables;

    /// <summary>Keeps writers out of the tables that nobody writes to just now, and takes the snapshot that is read later.</summary>
    public async Task LockAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync(_connection, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SAVEPOINT locks", cancellationToken);
        foreach (var table in Candidates)
        {
            if (await TryAsync(table, () => ExecuteAsync(_connection, $"LOCK TABLE ONLY {table.Name} IN SHARE MODE NOWAIT", cancellationToken), cancellationToken)) _locked.Add(table);
            else _busy++;
        }

        // This is where the snapshot is taken, after all the locks.
        await ExecuteAsync(_connection, "SELECT pg_current_snapshot()::text", cancellationToken);
    }

    /// <summary>Makes the point, and tells when.</summary>
    public Task<(string Name, DateTimeOffset At)> MarkAsync(MakePoint make, CancellationToken cancellationToken) => make(_connection, cancellationToken);

    /// <summary>The snapshot stays.</summary>
    public Task UnlockAsync(CancellationToken cancellationToken) => ExecuteAsync(_connection, "ROLLBACK TO locks", cancellationToken);

    /// <summary>What is now as it was before the point was so at the point too.</summary>
    public async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        await using var now = await ConnectHastilyAsync(_open, _name, cancellationToken);
        try
        {
            _catalogs = await Fingerprint.OfCatalogsAsync(now, cancellationToken);
        }
        catch (PostgresException broken) when (IsBroken(broken))
        {
            // That ends the connection too.
            _unreadable.Add($"catalogs of {_name} ({broken.MessageText})");
            _sequences.Clear();
            return;
        }

        foreach (var (sequence, before) in _sequences.ToArray())
        {
            if (await TrySequenceAsync(now, sequence, cancellationToken) == before) continue;
            _sequences.Remove(sequence);
            _busy++;
        }
    }

    /// <summary>Reads what the snapshot has, and ends it.</summary>
    public async Task<DatabaseSample> ReadAsync(CancellationToken cancellationToken)
    {
        var catalogs = new Dictionary<string, RowSum>();
        if (_catalogs.Count > 0) catalogs = (await Fingerprint.OfCatalogsAsync(_connection, cancellationToken)).Where(one => _catalogs[one.Key] == one.Value).ToDictionary();
        var shapes = await ShapesAsync(_connection, cancellationToken);
        var sums = new Dictionary<SampledTable, RowSum>();
        foreach (var table in _locked)
        {
            // Reading a page that is broken ends the connection, and its snapshot with it.
            if (_connection.State != ConnectionState.Open) break;
            if (await TryReadAsync(table, cancellationToken) is { } sum) sums[table] = sum;
        }

        await using var now = await ConnectAsync(_open, _name, cancellationToken);
        var shapesNow = await ShapesAsync(now, cancellationToken);
        // One that was altered, emptied or replaced meanwhile may have looked to the snapshot as it never did.
        var tables = sums.Where(one => shapes.TryGetValue(one.Key.Oid, out var shape) && shapesNow.GetValueOrDefault(one.Key.Oid) == shape).ToDictionary();
        await _connection.CloseAsync();
        return new DatabaseSample(_name, catalogs, tables, _sequences, _busy + _locked.Count - tables.Count, _unreadable);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<RowSum?> TryReadAsync(SampledTable table, CancellationToken cancellationToken)
    {
        var sum = default(RowSum);
        foreach (var (from, to) in Fingerprint.Parts(table))
        {
            var read = await TryAsync(
                table,
                async () =>
                {
                    await ExecuteAsync(_connection, $"LOCK TABLE ONLY {table.Name} IN ACCESS SHARE MODE NOWAIT", cancellationToken);
                    sum += await Fingerprint.OfPagesAsync(_connection, table, from, to, cancellationToken);
                    await ExecuteAsync(_connection, "ROLLBACK TO one; RELEASE one", cancellationToken);
                },
                cancellationToken);
            if (!read) return null;
        }

        return sum;
    }

    // False when somebody else has it, it is gone, or it cannot be read.
    private async Task<bool> TryAsync(SampledTable table, Func<Task> step, CancellationToken cancellationToken)
    {
        await ExecuteAsync(_connection, "SAVEPOINT one", cancellationToken);
        try
        {
            await step();
            return true;
        }
        catch (PostgresException failure) when (IsBusy(failure) || IsBroken(failure))
        {
            if (IsBroken(failure)) _unreadable.Add($"table {table.Name} ({failure.MessageText})");
            else await ExecuteAsync(_connection, "ROLLBACK TO one; RELEASE one", cancellationToken);
            return false;
        }
    }

    private static async Task<SequenceState?> TrySequenceAsync(NpgsqlConnection connection, string sequence, CancellationToken cancellationToken)
    {
        try
        {
            return await Fingerprint.OfSequenceAsync(connection, sequence, cancellationToken);
        }
        catch (PostgresException failure) when (IsBusy(failure))
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<SampledTable>> TablesAsync(CancellationToken cancellationToken)
    {
        // Asking for a table's size would wait for whoever alters it, asking for its file's does not. Who may not ask takes what is known of it,
        // and a little more.
        var (pages, isReadable) = IsSuperuser(_connection)
            ? ("(pg_stat_file(pg_relation_filepath(c.oid), true)).size / current_setting('block_size')::int + 1", "true")
            : ($"greatest(relpages, 0)::bigint + {Fingerprint.PagesOfPart}", "NOT relforcerowsecurity");
        await using var command = new NpgsqlCommand(
            $"""
            SELECT c.oid, quote_ident(nspname) || '.' || quote_ident(relname), least({pages}, {MostPagesOfTable})
            FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
            WHERE relkind = 'r' AND relpersistence = 'p' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
              AND {IsOwn} AND {isReadable}
            ORDER BY random() LIMIT {MostTables}
            """,
            _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<SampledTable>();
        while (await reader.ReadAsync(cancellationToken))
        {
            // Null: gone since.
            if (!await reader.IsDBNullAsync(2, cancellationToken)) found.Add(new SampledTable(reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetInt64(2)));
        }

        return found;
    }

    // Where one that begins anew after its end was at the point cannot be told from where it is before and after it.
    private async Task<IReadOnlyList<string>> SequenceNamesAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT quote_ident(nspname) || '.' || quote_ident(relname)
            FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = relnamespace
            WHERE relpersistence = 'p' AND NOT seqcycle AND {IsOwn}
            ORDER BY random() LIMIT {MostSequences}
            """,
            _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) found.Add(reader.GetString(0));
        return found;
    }

    /// <summary>Changes with whatever makes a table's rows look otherwise: another name, other columns or types of theirs, other files.</summary>
    private async Task<IReadOnlyDictionary<uint, string>> ShapesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_locked.Count == 0) return new Dictionary<uint, string>();
        await using var command = new NpgsqlCommand(
            $"""
            SELECT c.oid, relnamespace || ' ' || relname || ' ' || relfilenode || ' ' ||
              (SELECT string_agg(attnum || ':' || a.xmin::text, ' ' ORDER BY attnum) FROM pg_attribute a WHERE attrelid = c.oid) || ' ' ||
              (SELECT coalesce(string_agg(oid || ':' || e.xmin::text, ' ' ORDER BY oid), '') FROM pg_enum e) || ' ' ||
              (SELECT coalesce(string_agg(attrelid || ':' || attnum || ':' || a.xmin::text, ' ' ORDER BY attrelid, attnum), '')
               FROM pg_attribute a WHERE attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
            FROM pg_class c WHERE c.oid IN ({string.Join(", ", _locked.Select(table => table.Oid))})
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var shapes = new Dictionary<uint, string>();
        while (await reader.ReadAsync(cancellationToken)) shapes[reader.GetFieldValue<uint>(0)] = reader.GetString(1);
        return shapes;
    }

    private static bool IsBusy(PostgresException failure) => failure.SqlState
        is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
        or PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.UndefinedColumn;

    /// <summary>As the server says, also when that changes.</summary>
    public static bool IsSuperuser(NpgsqlConnection connection) => connection.PostgresParameters.GetValueOrDefault("is_superuser") == "on";

    /// <summary>A page whose checksum is wrong, or what follows from one.</summary>
    public static bool IsBroken(PostgresException failure) => failure.SqlState is PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
