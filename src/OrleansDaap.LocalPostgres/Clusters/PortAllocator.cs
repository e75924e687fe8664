using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>
/// Gives ports of the range to databases and keeps two from sharing one. What is given is kept in the clusters' records;
/// <see cref="TryHold"/> tells it of those at start.
/// </summary>
internal sealed class PortAllocator(IOptions<LocalPostgresOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, DatabaseId> _holders = [];
    private int _next;

    private PortRange Range => PortRange.TryParse(options.Value.PortRange, out var range)
        ? range
        : throw new InvalidOperationException("Daap:Local:PortRange was not validated.");

    /// <summary>True when the port is this database's, now if it was nobody's.</summary>
    public bool TryHold(DatabaseId id, int port)
    {
        lock (_lock)
        {
            if (_holders.TryGetValue(port, out var holder)) return holder == id;
            _holders[port] = id;
            return true;
        }
    }

    /// <summary>A port that no database holds and nothing listens on.</summary>
    public int Take(DatabaseId id, IReadOnlyList<IPAddress> addresses)
    {
        lock (_lock)
        {
            var range = Range;
            // Round the range, so that a port just given back is not soon another database's.
            for (var tried = 0; tried < range.Count; tried++)
            {
                var port = range.First + (_next++ % range.Count);
                if (_holders.ContainsKey(port) || !IsFree(port, addresses)) continue;
                _holders[port] = id;
                return port;
            }

            throw new ClusterFailureException(
                "port-range-exhausted",
                $"Every port of {range} is given to a database or in use by another program. Widen Daap:Local:PortRange, or delete databases.");
        }
    }

    public IReadOnlyList<int> HeldBy(DatabaseId id)
    {
        lock (_lock) return [.. _holders.Where(entry => entry.Value == id).Select(entry => entry.Key)];
    }

    public void Release(DatabaseId id, int? port = null)
    {
        lock (_lock)
        {
            foreach (var held in HeldBy(id).Where(held => port is null || held == port)) _holders.Remove(held);
        }
    }

    /// <summary>Throws when another program listens on a port that this database holds.</summary>
    public static void CheckFree(int port, IReadOnlyList<IPAddress> addresses)
    {
        if (!IsFree(port, addresses))
        {
            throw new ClusterFailureException(
                "port-in-use", $"Port {port} belongs to this database and is in use by another program. Stop that program; the database then starts by itself.");
        }
    }

    public static bool IsFree(int port, IReadOnlyList<IPAddress> addresses)
    {
        foreach (var address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                // As PostgreSQL binds it: connections of before that linger do not count. Not listened on: a program that is being started
                // just now has this socket too until it is itself, and would keep PostgreSQL from its port.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(address, port));
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return false;
            }
        }

        return true;
    }
}
