namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>
/// The calls of one tenure that have no answer yet. All wait equally long, so the list is ordered by deadline and one timer, armed for the
/// first of them, serves all: a call costs two list operations and no timer of its own.
/// </summary>
internal sealed class PendingCalls : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly long _timeoutTicks;
    private readonly ITimer _timer;
    private readonly Queue<TaskCompletionSource> _idle = new();
    private GrainCall? _first;
    private GrainCall? _last;
    private int _count;
    private bool _armed;
    private Func<Exception>? _closed;

    public PendingCalls(TimeProvider time, TimeSpan timeout)
    {
        _time = time;
        _timeout = timeout;
        _timeoutTicks = (long)(timeout.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(static state => ((PendingCalls)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes the call into the book; a call with no deadline is only counted. Fails the call when the book is closed.</summary>
    public bool Add(GrainCall call, bool hasDeadline)
    {
        Func<Exception>? closed;
        lock (_gate)
        {
            closed = _closed;
            if (closed is null)
            {
                call.Book = this;
                _count++;
                if (hasDeadline)
                {
                    Link(call);
                }

                return true;
            }
        }

        call.Fail(closed());
        return false;
    }

    public void Remove(GrainCall call)
    {
        lock (_gate)
        {
            if (call.Book is null)
            {
                return;
            }

            call.Book = null;
            if (call.Deadline != long.MaxValue)
            {
                Unlink(call);
            }

            if (--_count == 0)
            {
                while (_idle.TryDequeue(out var idle))
                {
                    idle.TrySetResult();
                }
            }
        }
    }

    /// <summary>Completes when no call is pending.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return Task.CompletedTask;
            }

            var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _idle.Enqueue(idle);
            return idle.Task;
        }
    }

    /// <summary>Fails every pending call and all that come later.</summary>
    public void Close(Func<Exception> reason)
    {
        List<GrainCall> calls = [];
        lock (_gate)
        {
            _closed = reason;
            for (var call = _first; call is not null; call = call.NextPending)
            {
                calls.Add(call);
            }
        }

        calls.ForEach(call => call.Fail(reason()));
    }

    public void Dispose() => _timer.Dispose();

    private void Link(GrainCall call)
    {
        call.Deadline = _time.GetTimestamp() + _timeoutTicks;
        (call.PreviousPending, _last) = (_last, call);
        _ = call.PreviousPending is { } previous ? previous.NextPending = call : _first = call;
        if (!_armed)
        {
            _armed = true;
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void Unlink(GrainCall call)
    {
        _ = call.PreviousPending is { } previous ? previous.NextPending = call.NextPending : _first = call.NextPending;
        _ = call.NextPending is { } next ? next.PreviousPending = call.PreviousPending : _last = call.PreviousPending;
        (call.PreviousPending, call.NextPending) = (null, null);
    }

    private void Expire()
    {
        List<GrainCall> expired = [];
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var call = _first;
            for (; call is not null && call.Deadline <= now; call = call.NextPending)
            {
                expired.Add(call);
            }

            _armed = call is not null;
            if (call is not null)
            {
                // Timers count whole milliseconds, and so may be early.
                var left = _time.GetElapsedTime(now, call.Deadline);
                _timer.Change(left < Tick ? Tick : left, Timeout.InfiniteTimeSpan);
            }
        }

        expired.ForEach(call => call.Fail(new TimeoutException(
            $"{call.Target} did not answer {call.Method} within {_timeout.TotalSeconds:0.###} s; the grain may still be at it.")));
    }
}
