using System.Net;
using System.Net.Sockets;

namespace OrleansDaap.Testing.Servers;

/// <summary>Another program that listens on a port. Once disposed of, the port is free for everybody.</summary>
public sealed class Stranger : IAsyncDisposable
{
    private readonly TcpListener _listener;

    public Stranger(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _listener.Dispose();

        // A program that another test starts just now has the socket too, until it is itself.
        while (!PortBlock.IsFree(port)) await Task.Yield();
    }
}
