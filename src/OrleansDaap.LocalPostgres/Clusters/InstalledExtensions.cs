using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Reads which extensions a database has. Its users own it, so nothing that they can define takes part in the query.</summary>
internal sealed class InstalledExtensions(ClusterPlaces places, ClusterStore store) : IDisposable
{
    /// <summary>Whatever many databases are asked at once: each question is a process in its cluster for a moment.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);

    public void Dispose() => _turns.Dispose();

    /// <summary>By name; null when they cannot be read now.</summary>
    public async Task<IReadOnlyList<PostgresExtension>?> TryListAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        if (!await _turns.WaitAsync(Patience, cancellationToken)) return null;
        try
        {
            return store.Read(id) is { } record ? await ListAsync(places.Postgres(record, []), cancellationToken) : null;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException or ClusterFailureException)
        {
            return null;
        }
        finally
        {
            _turns.Release();
        }
    }

    private static async Task<IReadOnlyList<PostgresExtension>> ListAsync(PostgresPlace place, CancellationToken cancellationToken)
    {
        await using var connection = await PlatformConnection.OpenAsync(place, cancellationToken, ClusterEndpoint.Database, Patience);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT extname, extversion FROM pg_catalog.pg_extension";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<PostgresExtension>();
        while (await reader.ReadAsync(cancellationToken)) found.Add(new PostgresExtension(reader.GetString(0), reader.GetString(1)));
        return [.. found.OrderBy(extension => extension.Name, StringComparer.Ordinal)];
    }
}
