using System.Net.Sockets;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Waits until something takes connections where clients will connect.</summary>
internal sealed class Endpoints(TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task WaitAsync(string host, int port, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + Patience;
        while (true)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(host, port, cancellationToken);
                return;
            }
            catch (SocketException failure)
            {
                if (time.GetUtcNow() > deadline)
                    throw new ClusterFailureException("endpoint-unreachable", $"{host}:{port} takes no connections ({failure.Message}); see Daap:Local:Host.", failure);
                await Task.Delay(Step, time, cancellationToken);
            }
        }
    }
}
