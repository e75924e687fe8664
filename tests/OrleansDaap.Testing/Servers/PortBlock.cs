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
            if (TryListen(port) is { } free)
            {
                free.Dispose();
                return port;
            }
        }
    }

    public void Dispose() => _claim.Dispose();

    private static bool IsFree(int port)
    {
        using var socket = TryListen(port);
        return socket is not null;
    }

    private static Socket? TryListen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
