using System.Net.Sockets;
using Npgsql;
using OrleansDaap.Common;

namespace OrleansDaap.Storage.Connections;

/// <summary>What PostgreSQL's errors mean to the rest of the platform.</summary>
internal static class StoreErrors
{
    /// <summary>Raised by <c>assert_silo_fence</c>.</summary>
    private const string LostLease = "DF001";

    /// <summary>Whether the store, rather than what was asked of it, is at fault. A caller that gave up is not an outage.</summary>
    public static bool IsOutage(Exception error, CancellationToken caller = default) => error switch
    {
        OperationCanceledException => !caller.IsCancellationRequested,
        PostgresException e => IsOutage(e.SqlState),
        NpgsqlException or TimeoutException or IOException or SocketException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Nothing was written, and trying again is likely to work: a deadlock, say.</summary>
    public static bool IsRolledBack(PostgresException error) => error.SqlState[..2] is "40";

    public static StoreUnavailableException Unavailable(Exception error) => error is PostgresException { SqlState: LostLease }
        ? NoLease(error)
        : new StoreUnavailableException("The platform's PostgreSQL cannot be reached or does not answer in time.", error);

    public static StoreUnavailableException NoLease(Exception? inner = null) =>
        new("This node lost the lease that makes it the active one, so its writes are refused.", inner);

    /// <summary>What a single write's failure is to its caller.</summary>
    public static Exception OfWrite(Exception error) => error switch
    {
        _ when IsOutage(error) => Unavailable(error),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: { } key } => new UniqueKeyTakenException(key),
        _ => error,
    };

    // Classes 08 connection, 40 rolled back (deadlock), 53 out of resources, 57 operator intervention (shutdown, cancelled for
    // its time-out), 58 system error; 25006 a standby that takes no writes; 55P03 a lock not got in time.
    private static bool IsOutage(string state) => state is LostLease or "25006" or "55P03" || state[..2] is "08" or "40" or "53" or "57" or "58";
}
