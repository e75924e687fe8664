using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

/// <summary>
/// Wakes database grains when there is something to do: each one whose cluster changed, and at the start and now and then those with
/// work left over. It only ever says "look"; reminders do the same more slowly where it fails.
/// </summary>
internal sealed partial class DatabaseWaker(
    IGrainFactory grains,
    IPostgresBackend backend,
    IDatabaseListing databases,
    TimeProvider clock,
    IOptions<DatabaseOptions> options,
    ILogger<DatabaseWaker> logger) : BackgroundService, IDatabaseWaker
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Enough to keep two cores and the store busy at a start with 100,000 databases, and few enough to let requests through.</summary>
    private const int AtOnce = 32;

    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void WakeLeftOvers() =>
        Interlocked.Exchange(ref _asked, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        AgainAndAgainAsync(WakeLeftOversAsync, options.Value.ReconcileEvery, stoppingToken),
        AgainAndAgainAsync(cancel => WakeAsync(backend.WatchAsync(cancel), database => database.ReconcileAsync(), cancel), Pause, stoppingToken));

    private async Task WakeLeftOversAsync(CancellationToken cancellationToken)
    {
        await WakeAsync(databases.ListUnsettledAsync(cancellationToken), database => database.ReconcileAsync(), cancellationToken);
        await WakeAsync(
            databases.ListWithoutReminderAsync(DatabaseGrain.ReconcileReminder, cancellationToken), database => database.RemindAsync(), cancellationToken);
    }

    private async Task AgainAndAgainAsync(Func<CancellationToken, Task> work, TimeSpan every, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken first: what is asked for during the work is not missed.
            var asked = Volatile.Read(ref _asked).Task;
            var pause = Pause;
            try
            {
                await work(stoppingToken);
                pause = every;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (OrleansMessageRejectionException)
            {
                LogStandby(logger);
            }
            catch (Exception exception)
            {
                LogRestart(logger, exception);
            }

            await asked.WaitAsync(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task WakeAsync(IAsyncEnumerable<DatabaseId> ids, Func<IDatabaseGrain, Task> wake, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, _) =>
        {
            try
            {
                await wake(grains.GetGrain<IDatabaseGrain>(id.Value));
            }
            catch (Exception exception) when (exception is not OrleansMessageRejectionException)
            {
                // One database's trouble must not keep the others asleep; its reminder comes back to it.
                LogNotWoken(logger, exception, id);
            }
        });
}
