using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Testing.Provisioning;

/// <summary>Waits for what a backend will show, woken by its events.</summary>
public static class BackendWaits
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task<ClusterObservation> WaitForAsync(this IPostgresBackend backend, DatabaseId id, ClusterPhase phase, long? generation = null) =>
        backend.WaitForAsync(id, seen => seen.Phase == ClusterPhase.Failed && phase != ClusterPhase.Failed
            ? throw new InvalidOperationException($"{id} failed: {seen.Reason}")
            : seen.Phase == phase && (generation is null || seen.Generation == generation));

    public static async Task<ClusterObservation> WaitForAsync(this IPostgresBackend backend, DatabaseId id, Func<ClusterObservation, bool> wanted)
    {
        using var timeout = new CancellationTokenSource(Patience);
        ClusterObservation? seen = null;
        try
        {
            await using var events = backend.WatchAsync(timeout.Token).GetAsyncEnumerator(timeout.Token);
            while (true)
            {
                // Asked for before the look, so that no change falls between the two.
                var next = events.MoveNextAsync().AsTask();
                try
                {
                    seen = await backend.ObserveAsync(id, timeout.Token);
                    if (wanted(seen)) return seen;
                    await next;
                }
                finally
                {
                    // The watch is not left while it waits, whether this was found or the look threw.
                    if (!next.IsCompleted)
                    {
                        await timeout.CancelAsync();
                        await next.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{id} was last seen as {seen}.");
        }
    }
}
