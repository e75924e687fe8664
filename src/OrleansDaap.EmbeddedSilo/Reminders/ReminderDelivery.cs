using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.EmbeddedSilo.Reminders;

/// <summary>
/// Ticks reminders when they are due. A reminder that ticks is not in the heap, so its ticks cannot overlap; its next one is chosen when
/// the last has ended, and those it missed meanwhile are left out.
/// </summary>
internal sealed class ReminderDelivery : IDisposable
{
    // After a restart thousands may be due at once; each may activate a grain, which is a read from storage.
    private const int MaxAtOnce = 64;

    // Reminders follow the wall clock, which may be set; the timer does not, so it looks again this often.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<LocalReminder, DateTime> _upcoming = new();
    private readonly Queue<LocalReminder> _due = new();
    private readonly Tenure _tenure;
    private readonly ITimer _timer;
    private int _underWay;
    private int _replaced;
    private DateTime _wakesAt = DateTime.MaxValue;
    private bool _isStarted;
    private bool _isStopped;

    public ReminderDelivery(Tenure tenure)
    {
        _tenure = tenure;
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = tenure.Time.CreateTimer(
            static state => ((ReminderDelivery)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Upcoming
    {
        get
        {
            lock (_gate)
            {
                return _upcoming.Count;
            }
        }
    }

    private DateTime Now => _tenure.Time.GetUtcNow().UtcDateTime;

    public void Start()
    {
        lock (_gate)
        {
            _isStarted = true;
        }

        Wake();
    }

    public void Add(LocalReminder reminder)
    {
        lock (_gate)
        {
            _upcoming.Enqueue(reminder, reminder.NextTick);
            SleepUntilNext();
        }
    }

    public void Remove(LocalReminder reminder)
    {
        lock (_gate)
        {
            reminder.IsReplaced = true;

            // The heap drops replaced ones when they come up. Should they become the most of it, it is built anew.
            if (++_replaced > 1024 && _replaced > _upcoming.Count / 2)
            {
                var kept = _upcoming.UnorderedItems.Where(item => !item.Element.IsReplaced).ToArray();
                _upcoming.Clear();
                _upcoming.EnqueueRange(kept);
                _replaced = 0;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
            _due.Clear();
        }

        _timer.Dispose();
    }

    private void Wake()
    {
        lock (_gate)
        {
            _wakesAt = DateTime.MaxValue;
            var now = Now;
            while (_upcoming.TryPeek(out var reminder, out var tick) && (tick <= now || reminder.IsReplaced))
            {
                _upcoming.Dequeue();
                if (reminder.IsReplaced)
                {
                    _replaced--;
                }
                else
                {
                    _due.Enqueue(reminder);
                }
            }

            SleepUntilNext();
        }

        DeliverDue();
    }

    private void SleepUntilNext()
    {
        if (_isStarted && !_isStopped && _upcoming.TryPeek(out _, out var tick) && tick < _wakesAt)
        {
            var sleep = tick - Now;
            _wakesAt = tick;
            _timer.Change(
                sleep <= TimeSpan.Zero ? TimeSpan.Zero : sleep > LongestSleep ? LongestSleep : sleep < Shortest ? Shortest : sleep,
                Timeout.InfiniteTimeSpan);
        }
    }

    private void DeliverDue()
    {
        while (true)
        {
            LocalReminder? reminder;
            lock (_gate)
            {
                if (_isStopped || _underWay == MaxAtOnce || !_due.TryDequeue(out reminder))
                {
                    return;
                }

                if (reminder.IsReplaced)
                {
                    continue;
                }

                _underWay++;
            }

            _ = DeliverAsync(reminder);
        }
    }

    private async Task DeliverAsync(LocalReminder reminder)
    {
        var entry = reminder.Entry;
        try
        {
            var status = new TickStatus(entry.StartAt, entry.Period, Now);
            var tick = new ReminderTick(entry, status, () => ScheduleNext(reminder));
            _tenure.Send(tick);
            await tick.Response.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch (Exception exception)
        {
            _tenure.Silo.Log.ReminderFailed(entry.GrainId, entry.ReminderName, exception);
        }

        // A tick that is merely late has had its answer, a timeout; it holds up only its own reminder.
        lock (_gate)
        {
            _underWay--;
        }

        DeliverDue();
    }

    private void ScheduleNext(LocalReminder reminder)
    {
        lock (_gate)
        {
            if (!reminder.IsReplaced)
            {
                reminder.NextTick = ReminderSchedule.FollowingTick(reminder.Entry, reminder.NextTick, Now);
                _upcoming.Enqueue(reminder, reminder.NextTick);
                SleepUntilNext();
            }
        }
    }
}
