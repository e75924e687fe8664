using Npgsql;
using OrleansDaap.Common;

namespace OrleansDaap.Storage.Connections;

/// <summary>The platform's PostgreSQL. Where it is may only be known once it has started, so it is first asked for when first used.</summary>
internal sealed class PlatformDatabase(Func<string> connectionString) : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _pool = new(() => NpgsqlDataSource.Create(ConnectionSettings.Complete(connectionString())));

    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _pool.Value.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception e) when (StoreErrors.IsOutage(e, cancellationToken))
        {
            throw StoreErrors.Unavailable(e);
        }
    }

    /// <summary>A connection outside the pool, for the lease.</summary>
    public async Task<NpgsqlConnection> OpenForLeaseAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionSettings.ForLease(connectionString()));
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Reads on a connection of the pool. One that died while it rested is only found out by using it, so a read that breaks its
    /// connection is tried once more on a fresh one.
    /// </summary>
    /// <exception cref="StoreUnavailableException">PostgreSQL could not be reached, or did not answer in time.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var retried = false; ; retried = true)
        {
            await using var connection = await OpenAsync(cancellationToken);
            try
            {
                return await read(connection, cancellationToken);
            }
            catch (Exception e) when (StoreErrors.IsOutage(e, cancellationToken))
            {
                if (retried || e is TimeoutException or { InnerException: TimeoutException })
                    throw StoreErrors.Unavailable(e);
                NpgsqlConnection.ClearPool(connection);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_pool.IsValueCreated)
            await _pool.Value.DisposeAsync();
    }
}
