using Npgsql;

namespace OrleansDaap.Drills;

/// <summary>Holds a restored cluster against the sample of its source.</summary>
internal static class Comparison
{
    private const int MostNamed = 3;

    /// <summary>What differs, in words; null when nothing does.</summary>
    public static async Task<string?> FindDifferenceAsync(OpenDatabase restored, SourceSample sample, CancellationToken cancellationToken)
    {
        var differing = new List<string>();
        foreach (var database in sample.Databases)
        {
            try
            {
                await using var connection = await DatabaseSampler.ConnectAsync(restored, database.Name, cancellationToken);
                await CompareAsync(connection, database, differing, cancellationToken);
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                differing.Add($"database {database.Name} (not there)");
            }
        }

        if (differing.Count == 0) return null;
        var more = differing.Count > MostNamed ? $", and {differing.Count - MostNamed} more" : "";
        return $"Restored, it is not what its source is: {string.Join(", ", differing.Take(MostNamed))}{more}.";
    }

    private static async Task CompareAsync(NpgsqlConnection restored, DatabaseSample sample, List<string> differing, CancellationToken cancellationToken)
    {
        var catalogs = await Fingerprint.OfCatalogsAsync(restored, cancellationToken);
        foreach (var (catalog, expected) in sample.Catalogs) Compare($"catalog {catalog} of {sample.Name}", expected, catalogs[catalog]);
        foreach (var (table, expected) in sample.Tables)
            await CompareAsync($"table {table.Name}", expected, async () => await Fingerprint.OfTableAsync(restored, table, cancellationToken));
        foreach (var (sequence, expected) in sample.Sequences)
            await CompareAsync($"sequence {sequence}", expected.Reserved, async () => (await Fingerprint.OfSequenceAsync(restored, sequence, cancellationToken))?.Reserved ?? "nowhere");

        async Task CompareAsync<T>(string what, T expected, Func<Task<T>> find)
        {
            try
            {
                Compare(what, expected, await find());
            }
            catch (PostgresException failure)
            {
                differing.Add($"{what} (unreadable: {failure.MessageText})");
            }
        }

        void Compare<T>(string what, T expected, T found)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, found)) differing.Add($"{what} ({expected} at its source, {found} restored)");
        }
    }
}
