using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>A timer of one activation. A due tick is a call to the grain like any other; the next is armed when it has ended.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private TimeSpan _next = Timeout.InfiniteTimeSpan;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _isTicking;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (_activation, _callback, _options) = (activation, callback, options);

        // The ticks belong to no call chain, least of all to the one that happened to start the timer.
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = activation.Tenure.Time.CreateTimer(
            static state => ((GrainTimer)state!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool KeepsAlive => _options.KeepAlive;

    /// <summary>During a tick, the change takes effect when the tick has ended.</summary>
    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            (_next, _period) = (dueTime, period);
            if (!_isTicking)
            {
                _timer.Change(_next, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _activation.Forget(this);
        _disposed.Cancel();
    }

    /// <summary>Runs one tick, on a turn of the grain.</summary>
    public async Task TickAsync()
    {
        if (!_disposed.IsCancellationRequested)
        {
            lock (_gate)
            {
                _next = _period;
            }

            await _callback(_disposed.Token);
        }
    }

    /// <summary>Arms the next tick, once the last one has ended or will not run.</summary>
    public void Ticked()
    {
        lock (_gate)
        {
            _isTicking = false;
            if (!_disposed.IsCancellationRequested)
            {
                _timer.Change(_next, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time.TotalMilliseconds, uint.MaxValue - 1, name);
        }
    }

    private void Due()
    {
        lock (_gate)
        {
            _isTicking = true;
        }

        _activation.Tenure.Post(
            new TimerTick(this, _activation.GrainId, _options.Interleave ? Interleaving.Always : Interleaving.Exclusive), _activation);
    }
}
