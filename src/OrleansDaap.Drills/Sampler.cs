using Npgsql;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Drills;

/// <summary>
/// Takes a sample of a running source that is exact at one point of its changes, and holds up nobody for longer than milliseconds: writers
/// of the sampled tables are kept out only while snapshots are taken and the point is made.
/// </summary>
internal static class Sampler
{
    private const int MostDatabases = 20;
    private const int MostTables = 100;

    /// <summary>1 GB of all.</summary>
    private const long MostPages = 4 * DatabaseSampler.MostPagesOfTable;

    public static async Task<SourceSample> TakeAsync(OpenDatabase open, MakePoint make, CancellationToken cancellationToken)
    {
        var databases = new List<DatabaseSampler>();
        try
        {
            foreach (var name in await NamesAsync(open, cancellationToken))
            {
                if (await TryOpenAsync(open, name, cancellationToken) is { } database) databases.Add(database);
            }

            Choose(databases);
            foreach (var database in databases) await database.LockAsync(cancellationToken);
            var (point, at) = await databases[0].MarkAsync(make, cancellationToken);
            foreach (var database in databases) await database.UnlockAsync(cancellationToken);

            foreach (var database in databases) await database.LookAgainAsync(cancellationToken);
            var samples = new List<DatabaseSample>();
            foreach (var database in databases) samples.Add(await database.ReadAsync(cancellationToken));
            return new SourceSample(point, at, samples);
        }
        finally
        {
            foreach (var database in databases) await database.DisposeAsync();
        }
    }

    // The one that the clients use first; of others, should there be many, another choice in each drill.
    private static async Task<IReadOnlyList<string>> NamesAsync(OpenDatabase open, CancellationToken cancellationToken)
    {
        await using var connection = await DatabaseSampler.ConnectAsync(open, ClusterEndpoint.Database, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT datname::text FROM pg_database WHERE datallowconn AND datname <> 'template0' ORDER BY datname <> '{ClusterEndpoint.Database}', random() LIMIT {MostDatabases}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0));
        return names;
    }

    // Another than the clients' own may be gone by now, or have no connection to spare.
    private static async Task<DatabaseSampler?> TryOpenAsync(OpenDatabase open, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await DatabaseSampler.OpenAsync(open, name, cancellationToken);
        }
        catch (PostgresException refused) when (name != ClusterEndpoint.Database && refused.SqlState
            is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ObjectNotInPrerequisiteState or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    // By chance, so that one drill after the other sees them all.
    private static void Choose(List<DatabaseSampler> databases)
    {
        var all = databases.SelectMany(database => database.Candidates.Select(table => (database, table))).ToArray();
        Random.Shared.Shuffle(all);
        var pages = 0L;
        var chosen = all.Take(MostTables).Where(one => (pages += one.table.Pages) <= MostPages).ToLookup(one => one.database, one => one.table);
        foreach (var database in databases) database.Choose([.. chosen[database]]);
    }
}
