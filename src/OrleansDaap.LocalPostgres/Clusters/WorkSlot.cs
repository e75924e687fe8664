using System.Diagnostics.Metrics;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>The right to be one of the few that work at once. Who only waits gives it back early, for others to work in the meantime.</summary>
internal sealed class WorkSlot : IDisposable
{
    /// <summary>A start or a stop is real work for this long; one that takes longer recovers or writes a checkpoint, and is waited for.</summary>
    private static readonly TimeSpan Launch = TimeSpan.FromMilliseconds(500);

    private static readonly UpDownCounter<long> Waiting = new Meter("OrleansDaap.LocalPostgres").CreateUpDownCounter<long>(
        "daap.local.work.waiting", description: "Work on clusters, backups and drills that waits for its turn.");

    private readonly SemaphoreSlim _slots;
    private int _returned;

    private WorkSlot(SemaphoreSlim slots) => _slots = slots;

    public static async Task<WorkSlot> TakeAsync(SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        Waiting.Add(1);
        try
        {
            await slots.WaitAsync(cancellationToken);
            return new WorkSlot(slots);
        }
        finally
        {
            Waiting.Add(-1);
        }
    }

    /// <summary>Waits for a server's start or stop, and does not keep others from working for long.</summary>
    public async Task WaitAsync(Task serverChange, TimeProvider time)
    {
        await Task.WhenAny(serverChange, Task.Delay(Launch, time));
        if (!serverChange.IsCompleted) Dispose();
        await serverChange;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0) _slots.Release();
    }
}
