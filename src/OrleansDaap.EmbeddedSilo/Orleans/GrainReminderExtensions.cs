using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain's reminders.</summary>
public static class GrainReminderExtensions
{
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        throw new InvalidOperationException("Being built.");

    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => throw new InvalidOperationException("Being built.");

    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) => throw new InvalidOperationException("Being built.");
}
