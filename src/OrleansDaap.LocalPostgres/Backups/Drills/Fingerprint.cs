using System.Globalization;
using Npgsql;

namespace OrleansDaap.LocalPostgres.Backups.Drills;

/// <summary>
/// Sums that two databases with the same rows have alike, whatever the order of the rows. A client may have redefined how its types are
/// cast; only functions of PostgreSQL's own are called, since they run as the superuser here.
/// </summary>
internal static class Fingerprint
{
    /// <summary>One table, at most, may keep the source's snapshot open for so long.</summary>
    private const int TableSeconds = 120;

    /// <summary>Of each catalog the columns that only a statement of somebody's changes; those of vacuum and analyze are left out.</summary>
    private static readonly (string Catalog, string Columns, string Condition)[] Catalogs =
    [
        ("pg_database", "oid, datname, datdba, encoding, datcollate, datacl", "true"),
        ("pg_authid", "oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolpassword", "true"),
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
    ];

    /// <summary>Of each catalog, as the connection's snapshot has it.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> OfCatalogsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var queries = Catalogs.Select(one => $"SELECT '{one.Catalog}', {Sum} FROM (SELECT {one.Columns} FROM {one.Catalog} WHERE {one.Condition}) AS row");
        await using var command = new NpgsqlCommand(string.Join("\nUNION ALL\n", queries), connection) { CommandTimeout = TableSeconds };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sums = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken)) sums[reader.GetString(0)] = reader.GetString(1);
        return sums;
    }

    /// <summary>Of the pages at the table's beginning; rows have their places in it alike in both.</summary>
    public static async Task<string> OfTableAsync(NpgsqlConnection connection, SampledTable table, CancellationToken cancellationToken)
    {
        var pages = table.Pages.ToString(CultureInfo.InvariantCulture);
        await using var command = new NpgsqlCommand($"SELECT {Sum} FROM ONLY {table.Name} AS row WHERE ctid < '({pages},0)'", connection) { CommandTimeout = TableSeconds };
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // With the star it is the whole row, also where a column has the name of the alias.
    private const string Sum = "count(*) || ' rows, sum ' || coalesce(sum(hashtextextended(textin(record_out(row.*)), 0)::numeric), 0)";
}
