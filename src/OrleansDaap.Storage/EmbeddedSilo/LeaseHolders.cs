using Npgsql;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>Finds the node that holds the lease.</summary>
internal sealed class LeaseHolders(PlatformDatabase database)
{
    // Only what the lock's holder itself has written: at the address of one that is gone somebody else may listen by now, and what is sent
    // there bears keys.
    private static readonly string Find =
        $"""
        SELECT token, address, secret FROM silo_fence WHERE address IS NOT NULL AND session IN (
            SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE {AdvisoryLocks.IsLease} AND granted AND datname = current_database())
        """;

    /// <summary>Null when no node holds it, or the one that does has just got it or cannot be reached.</summary>
    /// <exception cref="Common.StoreUnavailableException">PostgreSQL does not answer.</exception>
    public Task<LeaseHolder?> FindAsync(CancellationToken cancellationToken) => database.ReadAsync(ReadAsync, cancellationToken);

    private static async Task<LeaseHolder?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Find;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetInt64(0), new Uri(reader.GetString(1)), reader.GetString(2))
            : null;
    }
}
