using OrleansDaap.EmbeddedSilo.Reminders;

namespace Orleans;

/// <summary>A grain's reminders.</summary>
public static class GrainReminderExtensions
{
    /// <summary>Registers the reminder or gives it a new schedule; it ticks <paramref name="dueTime"/> from now and every <paramref name="period"/> after.</summary>
    /// <exception cref="ArgumentException">The period is under <see cref="Hosting.ReminderOptions.MinimumReminderPeriod"/>.</exception>
    /// <exception cref="InvalidOperationException">The grain is not <see cref="IRemindable"/>.</exception>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        var service = Of(grain);
        return grain is IRemindable
            ? service.RegisterAsync(grain.GrainContext.GrainId, reminderName, dueTime, period)
            : throw new InvalidOperationException($"Grain {grain.GrainContext.GrainId} is not {nameof(IRemindable)}, and can have no reminders.");
    }

    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) =>
        Of(grain).GetAsync(grain.GrainContext.GrainId, reminderName);

    public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => Of(grain).ListAsync(grain.GrainContext.GrainId);

    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) =>
        Of(grain).UnregisterAsync(grain.GrainContext.GrainId, reminder);

    private static ReminderService Of(Grain grain)
    {
        var activation = GrainBaseExtensions.Of(grain);
        activation.ThrowIfDead();
        return activation.Tenure.Reminders
            ?? throw new OrleansException($"There are no reminders: no {nameof(IReminderTable)} is registered.");
    }
}
