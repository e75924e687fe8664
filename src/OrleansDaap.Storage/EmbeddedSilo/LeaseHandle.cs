using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>The lease while it is held. Disposing it gives it back at once.</summary>
internal sealed partial class LeaseHandle : ILeaseHandle
{
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _given = new();
    private readonly NpgsqlConnection _connection;
    private readonly Fence _fence;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _watching;
    private long _heardAt;

    /// <param name="heardAt">A timestamp of before the session's last statement.</param>
    public LeaseHandle(
        NpgsqlConnection connection, long token, long heardAt, Fence fence, LeaseOptions options, TimeProvider time, ILogger log)
    {
        (_connection, FencingToken, _heardAt) = (connection, token, heardAt);
        (_fence, _options, _time, _log) = (fence, options, time, log);
        _watching = Task.Run(WatchAsync);
    }

    public long FencingToken { get; }

    /// <summary>Cancelled when the lock may be another's; from then on this node's writes are refused here already.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>PostgreSQL ends the session when it has been silent for so long, and not sooner.</summary>
    public bool IsSure => _options.Silence is not { } silence || _time.GetElapsedTime(Interlocked.Read(ref _heardAt)) < silence;

    public async ValueTask DisposeAsync()
    {
        _fence.Release(FencingToken);
        await _given.CancelAsync();
        await _watching;
        await _connection.DisposeAsync();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.Ping, _time, _given.Token);
                var asked = _time.GetTimestamp();
                if (!await IsOursAsync())
                {
                    TakenOver(_log, FencingToken);
                    break;
                }

                Interlocked.Exchange(ref _heardAt, asked);
            }
        }
        catch (OperationCanceledException) when (_given.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            ConnectionLost(_log, FencingToken, e);
        }

        _fence.Release(FencingToken);
        await _lost.CancelAsync();
    }

    /// <summary>
    /// Never called off: a command ends by its own timeout. Nor does anybody listen on the connection between two pings, to learn sooner that it
    /// is gone: calling off Npgsql's WaitAsync in the moment in which it begins leaves it waiting for ever.
    /// </summary>
    private async Task<bool> IsOursAsync()
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = "SELECT token FROM silo_fence";
        return await command.ExecuteScalarAsync(CancellationToken.None) is long token && token == FencingToken;
    }

    [LoggerMessage(2013, LogLevel.Warning, "The lease with fencing token {Token} is lost: its connection is gone.")]
    private static partial void ConnectionLost(ILogger log, long token, Exception error);

    [LoggerMessage(2014, LogLevel.Warning, "The lease with fencing token {Token} is lost: another node has taken over.")]
    private static partial void TakenOver(ILogger log, long token);
}
