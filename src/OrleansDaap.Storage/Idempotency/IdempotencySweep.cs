using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.Idempotency;

/// <summary>Removes requests that nobody may repeat any more. Several nodes that sweep at once do no harm.</summary>
internal sealed partial class IdempotencySweep(PlatformDatabase database, TimeProvider time, ILogger<IdempotencySweep> log) : BackgroundService
{
    /// <summary>Rows live for a day, so that this leaves a hundredth more of them than must be.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);

    // In portions that take some milliseconds each, so that no other write waits behind them.
    private const int Portion = 1000;

    private const string Expired =
        """
        DELETE FROM idempotency WHERE (team, route, key) IN (
            SELECT team, route, key FROM idempotency WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    /// <returns>How many rows were removed.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            var portion = await database.ReadAsync(
                async (connection, cancellation) =>
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = Expired;
                    command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
                    command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Portion });
                    return await command.ExecuteNonQueryAsync(cancellation);
                },
                cancellationToken);
            removed += portion;
            if (portion < Portion)
                return removed;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await SweepAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    NotSwept(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    [LoggerMessage(2020, LogLevel.Warning, "Requests that have expired could not be removed; trying again later.")]
    private partial void NotSwept(Exception exception);
}
