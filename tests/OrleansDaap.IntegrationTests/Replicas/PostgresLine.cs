using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>One server's network to PostgreSQL. While it is cut nothing gets through and nobody is told; what was sent meanwhile arrives afterwards.</summary>
internal sealed class PostgresLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _connectionString;
    private volatile TaskCompletionSource _isOpen = new();

    /// <param name="connectionString">To a PostgreSQL on a Unix socket.</param>
    public PostgresLine(string connectionString)
    {
        _connectionString = connectionString;
        _isOpen.SetResult();
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Through this line.</summary>
    public string ConnectionString
    {
        get
        {
            var end = (IPEndPoint)_listener.LocalEndpoint;
            return new NpgsqlConnectionStringBuilder(_connectionString) { Host = end.Address.ToString(), Port = end.Port }.ConnectionString;
        }
    }

    public void Cut() => _isOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => _isOpen.TrySetResult();

    public void Dispose()
    {
        _listener.Dispose();
        Mend();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        try
        {
            await _isOpen.Task;
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var settings = new NpgsqlConnectionStringBuilder(_connectionString);
            await server.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(settings.Host!, $".s.PGSQL.{settings.Port}")));
            await Task.WhenAll(CarryAsync(client, server), CarryAsync(server, client));
        }
        catch (SocketException)
        {
            // One end is gone; the other one is told by what follows.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer);
            await _isOpen.Task;
            if (count == 0)
                break;
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
