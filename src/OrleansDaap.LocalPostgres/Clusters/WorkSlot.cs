namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>The right to be one of the few that work at once. Who only waits gives it back early, for others to work in the meantime.</summary>
internal sealed class WorkSlot : IDisposable
{
    /// <summary>A start or a stop is real work for this long; one that takes longer recovers or writes a checkpoint, and is waited for.</summary>
    private static readonly TimeSpan Launch = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _slots;
    private int _returned;

    private WorkSlot(SemaphoreSlim slots) => _slots = slots;

    public static async Task<WorkSlot> TakeAsync(SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        return new WorkSlot(slots);
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
