using Microsoft.Extensions.Options;
using Orleans.Hosting;
using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.EmbeddedSilo.Reminders;

/// <summary>
/// The reminders of one tenure: the table as it is stored, and in memory a heap of next ticks with one timer for all. About 300 bytes each.
/// </summary>
internal sealed class ReminderService(Tenure tenure, IReminderTable table, IOptions<ReminderOptions> options) : IDisposable
{
    /// <summary>As long a name as Orleans' table of reminders takes.</summary>
    private const int MaxNameLength = 150;

    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId Grain, string Name), LocalReminder> _reminders = [];
    private readonly ReminderDelivery _delivery = new(tenure);
    private bool _isStopped;

    /// <summary>How many wait for their next tick; the others tick right now.</summary>
    public int Upcoming => _delivery.Upcoming;

    /// <summary>Reads every reminder there is. None ticks before <see cref="Start"/>.</summary>
    public async Task LoadAsync()
    {
        var rows = await table.ReadRows(0, 0);
        foreach (var entry in rows.Reminders)
        {
            if (entry.Period > TimeSpan.Zero && tenure.Silo.Catalog.IsRemindable(entry.GrainId.Type))
            {
                Schedule(entry);
            }
            else
            {
                tenure.Silo.Log.ReminderIgnored(entry.GrainId, entry.ReminderName);
            }
        }

        tenure.Silo.Log.RemindersLoaded(_reminders.Count);
    }

    public void Start() => _delivery.Start();

    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        _delivery.Dispose();
    }

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxNameLength, nameof(name));
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < options.Value.MinimumReminderPeriod || period == TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"Reminder {name} is to tick every {period}; the minimum is {options.Value.MinimumReminderPeriod}.", nameof(period));
        }

        var start = tenure.Time.GetUtcNow().UtcDateTime.Add(dueTime);
        var entry = new ReminderEntry { GrainId = grain, ReminderName = name, StartAt = start, Period = period };
        entry.ETag = await table.UpsertRow(entry);
        Schedule(entry);
        return new GrainReminder(entry);
    }

    public async Task<IGrainReminder?> GetAsync(GrainId grain, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return await table.ReadRow(grain, name) is { } entry ? new GrainReminder(entry) : null;
    }

    public async Task<List<IGrainReminder>> ListAsync(GrainId grain)
    {
        var rows = await table.ReadRows(grain);
        return [.. rows.Reminders.Select(entry => new GrainReminder(entry))];
    }

    /// <exception cref="OrleansException">The reminder was changed since <paramref name="reminder"/> was read.</exception>
    public async Task UnregisterAsync(GrainId grain, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        var etag = (reminder as GrainReminder)?.ETag ?? "";
        if (!await table.RemoveRow(grain, reminder.ReminderName, etag) && await table.ReadRow(grain, reminder.ReminderName) is not null)
        {
            throw new OrleansException($"Reminder {reminder.ReminderName} of {grain} has changed meanwhile; get it again and retry.");
        }

        lock (_gate)
        {
            if (_reminders.Remove((grain, reminder.ReminderName), out var local))
            {
                _delivery.Remove(local);
            }
        }
    }

    public void Dispose() => _delivery.Dispose();

    private void Schedule(ReminderEntry entry)
    {
        var local = new LocalReminder(entry, ReminderSchedule.NextTick(entry, tenure.Time.GetUtcNow().UtcDateTime));
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            var key = (entry.GrainId, entry.ReminderName);
            if (_reminders.TryGetValue(key, out var former))
            {
                _delivery.Remove(former);
            }

            _reminders[key] = local;
            _delivery.Add(local);
        }
    }
}
