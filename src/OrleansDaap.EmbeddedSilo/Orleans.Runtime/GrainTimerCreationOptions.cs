namespace Orleans.Runtime;

/// <summary>How a grain timer runs.</summary>
public readonly struct GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
{
    /// <summary>The time to the first tick.</summary>
    public TimeSpan DueTime { get; init; } = dueTime;

    /// <summary>The time from the end of a tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for one tick only.</summary>
    public TimeSpan Period { get; init; } = period;

    /// <summary>Whether a tick may run between the turns of other calls.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether ticks keep the grain from being idle.</summary>
    public bool KeepAlive { get; init; }
}
