namespace Orleans.Runtime;

/// <summary>A durable, named alarm of a grain.</summary>
public interface IGrainReminder
{
    string ReminderName { get; }
}
