namespace Orleans.Hosting;

/// <summary>Bounds of reminders.</summary>
public sealed class ReminderOptions
{
    /// <summary>A reminder that is to tick more often than this is refused.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
}
