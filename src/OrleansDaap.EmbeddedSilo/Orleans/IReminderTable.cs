namespace Orleans;

/// <summary>Where reminders are kept.</summary>
public interface IReminderTable
{
    /// <summary>The reminders whose grain's hash is in (<paramref name="begin"/>, <paramref name="end"/>]; all of them when the two are equal.</summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    Task<ReminderTableData> ReadRows(GrainId grainId);

    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <summary>Adds or replaces the reminder; answers its new ETag.</summary>
    Task<string> UpsertRow(ReminderEntry entry);

    /// <summary>Removes the reminder; false when it is not there with that ETag.</summary>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);
}
