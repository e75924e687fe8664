using System.Collections.Concurrent;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A clock for which waits of up to half a minute are over at once, and are written down; longer ones are never over.</summary>
internal sealed class PassingClock : TimeProvider
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(31);

    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || dueTime > Longest) return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Waits.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
