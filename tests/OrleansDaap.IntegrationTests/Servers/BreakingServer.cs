using System.Net;
using System.Net.Sockets;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>Takes requests, and closes the connection without an answer.</summary>
internal sealed class BreakingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim _taken = new(0);
    private int _requests;

    public BreakingServer()
    {
        _listener.Start();
        _ = TakeAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public int Requests => Volatile.Read(ref _requests);

    public async Task UntilRequestsAsync(int count)
    {
        while (Requests < count)
            Assert.True(await _taken.WaitAsync(TimeSpan.FromMinutes(1)), "Nobody asks.");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _taken.Dispose();
    }

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                await connection.GetStream().ReadAtLeastAsync(new byte[64 * 1024], 1, throwOnEndOfStream: false);
                Interlocked.Increment(ref _requests);
                _taken.Release();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Nobody is taken any more.
        }
    }
}
