using Npgsql;

namespace OrleansDaap.LocalPostgres.Backups.Drills;

/// <summary>Holds a restored cluster against the sample of its source.</summary>
internal static class Comparison
{
    private const int MostNamed = 3;

    /// <summary>What differs, in words; null when nothing does.</summary>
    public static async Task<string?> FindDifferenceAsync(NpgsqlConnection restored, SourceSample sample, CancellationToken cancellationToken)
    {
        var differing = new List<string>();
        var catalogs = await Fingerprint.OfCatalogsAsync(restored, cancellationToken);
        foreach (var (catalog, sum) in catalogs)
        {
            // One that was being changed at that very moment had something between the two.
            var still = sample.CatalogsBefore[catalog] == sample.CatalogsAfter[catalog];
            if (still && sum != sample.CatalogsBefore[catalog]) differing.Add($"catalog {catalog} ({Rows(sample.CatalogsBefore[catalog])} at its source, {Rows(sum)} restored)");
        }

        foreach (var (table, expected) in sample.Tables)
        {
            if (await FindDifferenceAsync(restored, table, expected, cancellationToken) is { } difference) differing.Add(difference);
        }

        if (differing.Count == 0) return null;
        var more = differing.Count > MostNamed ? $", and {differing.Count - MostNamed} more" : "";
        return $"Restored, it is not what its source is: {string.Join(", ", differing.Take(MostNamed))}{more}.";
    }

    private static async Task<string?> FindDifferenceAsync(NpgsqlConnection restored, SampledTable table, string expected, CancellationToken cancellationToken)
    {
        try
        {
            var sum = await Fingerprint.OfTableAsync(restored, table, cancellationToken);
            return sum == expected ? null : $"table {table.Name} ({Rows(expected)} at its source, {Rows(sum)} restored)";
        }
        catch (PostgresException failure)
        {
            return $"table {table.Name} (unreadable: {failure.MessageText})";
        }
    }

    // The sums are of no use to people.
    private static string Rows(string sum) => sum[..sum.IndexOf(',', StringComparison.Ordinal)];
}
