using System.Diagnostics;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>When changes were answered with success, and the longest time in which none was.</summary>
internal sealed class Pulse
{
    private readonly Lock _lock = new();
    private long _last = Stopwatch.GetTimestamp();
    private TaskCompletionSource _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Successes { get; private set; }

    public TimeSpan LongestGap { get; private set; }

    public void Beat()
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            var gap = Stopwatch.GetElapsedTime(_last, now);
            if (gap > LongestGap) LongestGap = gap;
            (_last, Successes) = (now, Successes + 1);
            _beat.SetResult();
            _beat = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until so many more have been.</summary>
    public async Task UntilMoreAsync(int count)
    {
        var enough = Successes + count;
        while (true)
        {
            Task beat;
            lock (_lock)
            {
                if (Successes >= enough) return;
                beat = _beat.Task;
            }

            await beat.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }
}
