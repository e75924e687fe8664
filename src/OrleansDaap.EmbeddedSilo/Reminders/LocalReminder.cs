namespace OrleansDaap.EmbeddedSilo.Reminders;

/// <summary>A reminder as this node ticks it. A new schedule is a new one of these, so the old cannot tick any more.</summary>
internal sealed class LocalReminder(ReminderEntry entry, DateTime nextTick)
{
    public ReminderEntry Entry { get; } = entry;

    public DateTime NextTick { get; set; } = nextTick;

    /// <summary>Set when the reminder was changed or unregistered.</summary>
    public bool IsReplaced { get; set; }
}
