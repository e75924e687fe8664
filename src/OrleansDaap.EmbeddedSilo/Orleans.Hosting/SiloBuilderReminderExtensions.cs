namespace Orleans.Hosting;

/// <summary>Gives a silo reminders.</summary>
public static class SiloBuilderReminderExtensions
{
    /// <summary>Reminders are part of this silo; what they need is an <see cref="IReminderTable"/> among the services.</summary>
    public static ISiloBuilder AddReminders(this ISiloBuilder builder) => builder;
}
