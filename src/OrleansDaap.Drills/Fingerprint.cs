using System.Globalization;
using Npgsql;

namespace OrleansDaap.Drills;

/// <summary>
/// Sums that two databases with the same rows have alike, whatever the order of the rows. A client may have redefined how its types are
/// cast; only functions of PostgreSQL's own are called, since they run as the superuser here.
/// </summary>
internal static class Fingerprint
{
    /// <summary>What one statement may take.</summary>
    private const int Seconds = 120;

    /// <summary>8 MB.</summary>
    public const int PagesOfPart = 1024;

    /// <summary>Only a superuser reads it.</summary>
    private const string Passwords = "pg_authid";

    /// <summary>Of each catalog the columns that only a statement of somebody's changes; those of vacuum and analyze are left out.</summary>
    private static readonly (string Catalog, string Columns, string Condition)[] Catalogs =
    [
        ("pg_database", "oid, datname, datdba, encoding, datcollate, datacl", "true"),
        (Passwords, "oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolpassword", "true"),
        ("pg_namespace", "oid, nspname, nspowner, nspacl", "nspname !~ '^pg_(toast_)?temp_'"),
        ("pg_class", "oid, relname, relnamespace, reltype, relowner, relkind, relpersistence, relnatts, relacl, reloptions", "relpersistence <> 't'"),
        ("pg_attribute", "attrelid, attname, atttypid, attnum, atttypmod, attnotnull, attisdropped, attidentity, attgenerated",
            "attrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
        ("pg_attrdef", "oid, adrelid, adnum, adbin", "adrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
        ("pg_type", "oid, typname, typnamespace, typowner, typtype, typbasetype, typnotnull, typdefault",
            "typnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')"),
        ("pg_enum", "oid, enumtypid, enumsortorder, enumlabel", "true"),
        ("pg_proc", "oid, proname, pronamespace, proowner, prosrc, prorettype, proargtypes, prosecdef, proconfig, proacl", "true"),
        ("pg_constraint", "oid, conname, connamespace, contype, conrelid, confrelid, conkey, confkey, conbin",
            "conrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
        ("pg_index", "indexrelid, indrelid, indisunique, indisprimary, indkey, indexprs, indpred",
            "indrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
        ("pg_rewrite", "oid, rulename, ev_class, ev_action", "ev_class NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
        ("pg_trigger", "oid, tgrelid, tgname, tgfoid, tgtype, tgenabled", "tgrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
        ("pg_policy", "oid, polname, polrelid, polcmd, polqual, polwithcheck", "true"),
        ("pg_extension", "oid, extname, extversion", "true"),
        ("pg_sequence", "seqrelid, seqtypid, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle",
            "seqrelid NOT IN (SELECT oid FROM pg_class WHERE relpersistence = 't')"),
    ];

    /// <summary>Of each catalog that it may read, as the connection's snapshot has it.</summary>
    public static async Task<IReadOnlyDictionary<string, RowSum>> OfCatalogsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var readable = DatabaseSampler.IsSuperuser(connection) ? Catalogs : Catalogs.Where(one => one.Catalog != Passwords);
        var queries = readable.Select(one => $"SELECT {Sum}, '{one.Catalog}' FROM (SELECT {one.Columns} FROM {one.Catalog} WHERE {one.Condition}) AS row");
        await using var command = new NpgsqlCommand(string.Join("\nUNION ALL\n", queries), connection) { CommandTimeout = Seconds };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sums = new Dictionary<string, RowSum>();
        while (await reader.ReadAsync(cancellationToken)) sums[reader.GetString(2)] = Read(reader);
        return sums;
    }

    /// <summary>Of the pages at the table's beginning; rows have their places in it alike in both.</summary>
    public static async Task<RowSum> OfTableAsync(NpgsqlConnection connection, SampledTable table, CancellationToken cancellationToken)
    {
        var sum = default(RowSum);
        foreach (var (from, to) in Parts(table)) sum += await OfPagesAsync(connection, table, from, to, cancellationToken);
        return sum;
    }

    /// <summary>The table's pages in parts, each from one page up to another; reading one takes a tenth of a second or so.</summary>
    public static IEnumerable<(long From, long To)> Parts(SampledTable table)
    {
        for (var from = 0L; from < table.Pages; from += PagesOfPart) yield return (from, Math.Min(from + PagesOfPart, table.Pages));
    }

    public static async Task<RowSum> OfPagesAsync(NpgsqlConnection connection, SampledTable table, long from, long to, CancellationToken cancellationToken)
    {
        var pages = string.Create(CultureInfo.InvariantCulture, $"ctid >= '({from},0)' AND ctid < '({to},0)'");
        await using var command = new NpgsqlCommand($"SELECT {Sum} FROM ONLY {table.Name} AS row WHERE {pages}", connection) { CommandTimeout = Seconds };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Read(reader);
    }

    /// <summary>Null when it is not there. A sequence is read as it is now, whatever the connection's snapshot.</summary>
    public static async Task<SequenceState?> OfSequenceAsync(NpgsqlConnection connection, string sequence, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT CASE WHEN is_called THEN 'past ' ELSE 'before ' END || last_value + log_cnt * seqincrement, relfilenode || ' ' || q.xmin::text
            FROM {sequence} s JOIN pg_sequence q ON seqrelid = s.tableoid JOIN pg_class c ON c.oid = s.tableoid
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new SequenceState(reader.GetString(0), reader.GetString(1)) : null;
    }

    private static RowSum Read(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.GetDecimal(1));

    // With the star it is the whole row, also where a column has the name of the alias.
    private const string Sum = "count(*), coalesce(sum(hashtextextended(textin(record_out(row.*)), 0)::numeric), 0)";
}
