namespace OrleansDaap.EmbeddedSilo.Reminders;

/// <inheritdoc/>
internal sealed class GrainReminder(ReminderEntry entry) : IGrainReminder
{
    public string ReminderName { get; } = entry.ReminderName;

    public string? ETag { get; } = entry.ETag;

    public override string ToString() => $"{entry.GrainId} {ReminderName}";
}
