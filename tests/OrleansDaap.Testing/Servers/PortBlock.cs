using System.Net;
using System.Net.Sockets;

namespace OrleansDaap.Testing.Servers;

/// <summary>
/// A hundred ports below those that the system gives to outgoing connections, and no other test's: the first is listened on for as long
/// as the block is held, in whatever process the other test is.
/// </summary>
public sealed class PortBlock : IDisposable
{
    private const int Size = 100;
    private const int LowestPort = 20000;
    private const int Blocks = 120;

    /// <summary>Ports of the block that servers listen on; the ones behind them are for databases.</summary>
    private const int ServerPorts = 10;

    private readonly Socket _claim;
    private readonly int _first;
    private int _given;

    private PortBlock(Socket claim, int first) => (_claim, _first) = (claim, first);

    /// <summary>The ports that databases get, as <c>Daap:Local:PortRange</c> wants them.</summary>
    public string Range => RangeOf(Size - ServerPorts);

    public static PortBlock Take()
    {
        for (var block = Random.Shared.Next(Blocks); ; block++)
        {
            var first = LowestPort + (block % Blocks * Size);
            if (TryListen(first) is { } claim)
            {
                // What a test that was cut off has left may run on ports of a block that nobody holds any more.
                if (Enumerable.Range(first + ServerPorts, ServerPorts).All(IsFree))
                {
                    return new PortBlock(claim, first);
                }

                claim.Dispose();
            }
        }
    }

    public string RangeOf(int count) => $"{_first + ServerPorts}-{_first + ServerPorts + count - 1}";

    /// <summary>One that nothing listens on now, each in its turn.</summary>
    public int NextServerPort()
    {
        while (true)
        {
            var port = _first + 1 + (Interlocked.Increment(ref _given) % (ServerPorts - 1));
            if (IsFree(port)) return port;
        }
    }

    public void Dispose() => _claim.Dispose();

    /// <summary>
    /// Only bound, never listened on: a program that another test starts just now has this socket too until it is itself, and would keep the
    /// port from whom it is asked for.
    /// </summary>
    internal static bool IsFree(int port)
    {
        using var socket = TryBind(port);
        return socket is not null;
    }

    private static Socket? TryListen(int port)
    {
        var socket = TryBind(port);
        try
        {
            socket?.Listen(1);
            return socket;
        }
        catch (SocketException)
        {
            // Another was quicker since.
            socket!.Dispose();
            return null;
        }
    }

    private static Socket? TryBind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
