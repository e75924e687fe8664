using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>
/// Makes one node the active one: it holds a PostgreSQL advisory lock with a session of its own, which PostgreSQL gives up with
/// the session. Each new holder raises the fencing token, so that nothing of an older one is written any more.
/// </summary>
internal sealed partial class AdvisoryLease(
    PlatformDatabase database, Fence fence, ThisNode node, LeaseOptions options, TimeProvider time, ILogger<AdvisoryLease> log) : IActiveNodeLease
{
    /// <summary>A write transaction of the former holder that is still open after this was left hanging by it.</summary>
    private const int LockTimeoutMilliseconds = 1500;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits, through any outage of PostgreSQL, until this node is the active one.</summary>
    public async Task<ILeaseHandle> AcquireAsync(CancellationToken cancellationToken)
    {
        // What is passed on to the active node must find somebody there.
        var address = await node.Address.WaitAsync(cancellationToken);
        while (true)
        {
            NpgsqlConnection? connection = null;
            try
            {
                connection = await database.OpenForLeaseAsync(cancellationToken);
                await PrepareSessionAsync(connection, cancellationToken);
                await WaitForLockAsync(connection, address, cancellationToken);
                var heardAt = time.GetTimestamp();
                var token = await RaiseTokenAsync(connection, address, cancellationToken);
                fence.Hold(token);
                Acquired(token);
                return new LeaseHandle(connection, token, heardAt, fence, options, time, log);
            }
            catch (Exception e)
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                if (!StoreErrors.IsOutage(e, cancellationToken))
                    throw;
                CannotAsk(e);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task PrepareSessionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The keepalives are the server's own: it notices within four seconds that a host is gone.
        var silence = (options.Silence?.TotalMilliseconds ?? 0).ToString(CultureInfo.InvariantCulture);
        await ExecuteAsync(
            connection,
            $"SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = {silence};"
                + " SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3",
            cancellationToken);
    }

    private async Task WaitForLockAsync(NpgsqlConnection connection, Uri? address, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {AdvisoryLocks.Lease("pg_try_advisory_lock")}";
        if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            return;
        StandsBy(address);
        command.CommandText = $"SELECT {AdvisoryLocks.Lease("pg_advisory_lock")}";
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<long> RaiseTokenAsync(NpgsqlConnection connection, Uri? address, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            try
            {
                await ExecuteAsync(connection, $"SET LOCAL lock_timeout = {LockTimeoutMilliseconds}", cancellationToken);
                await ExecuteAsync(connection, $"SELECT {AdvisoryLocks.Fence("pg_advisory_xact_lock")}", cancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText =
                    "UPDATE silo_fence SET token = token + 1, session = pg_backend_pid(), address = $1, secret = $2 RETURNING token";
                command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = address?.AbsoluteUri });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = node.Secret });
                var token = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
                await transaction.CommitAsync(cancellationToken);
                return token;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                await transaction.RollbackAsync(cancellationToken);
                OlderWritesHang();
                await EndOlderWritesAsync(connection, cancellationToken);
            }
        }
    }

    private static Task EndOlderWritesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ExecuteAsync(
        connection,
        $"""
        SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE {AdvisoryLocks.IsFence} AND mode = 'ShareLock' AND granted AND datname = current_database()
        """,
        cancellationToken);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(2010, LogLevel.Information, "This node is the active one, with fencing token {Token}.")]
    private partial void Acquired(long token);

    [LoggerMessage(2015, LogLevel.Information, "Another node is the active one; this one stands by on {Address}")]
    private partial void StandsBy(Uri? address);

    [LoggerMessage(2011, LogLevel.Warning, "PostgreSQL cannot be asked for the lease; trying again.")]
    private partial void CannotAsk(Exception error);

    [LoggerMessage(2012, LogLevel.Warning, "Write transactions of the former active node hang; ending them.")]
    private partial void OlderWritesHang();
}
