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

    public LeaseHandle(NpgsqlConnection connection, long token, Fence fence, LeaseOptions options, TimeProvider time, ILogger log)
    {
        (_connection, FencingToken, _fence, _options, _time, _log) = (connection, token, fence, options, time, log);
        _watching = Task.Run(WatchAsync);
    }

    public long FencingToken { get; }

    /// <summary>Cancelled when the lock may be another's; from then on this node's writes are refused here already.</summary>
    public CancellationToken Lost => _lost.Token;

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
                await ListenAsync();
                if (!await IsOursAsync())
                {
                    TakenOver(_log, FencingToken);
                    break;
                }
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

    /// <summary>Until the next ping is due. A connection that the server closes is noticed at once.</summary>
    private async Task ListenAsync()
    {
        using var tick = new CancellationTokenSource(_options.Ping, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tick.Token, _given.Token);
        try
        {
            await _connection.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_given.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> IsOursAsync()
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = "SELECT token FROM silo_fence";
        return await command.ExecuteScalarAsync(_given.Token) is long token && token == FencingToken;
    }

    [LoggerMessage(2013, LogLevel.Warning, "The lease with fencing token {Token} is lost: its connection is gone.")]
    private static partial void ConnectionLost(ILogger log, long token, Exception error);

    [LoggerMessage(2014, LogLevel.Warning, "The lease with fencing token {Token} is lost: another node has taken over.")]
    private static partial void TakenOver(ILogger log, long token);
}
