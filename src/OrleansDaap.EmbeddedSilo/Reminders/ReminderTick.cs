using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Reminders;

/// <summary>The call that a reminder's tick is.</summary>
internal sealed class ReminderTick(ReminderEntry entry, TickStatus status, Action ended)
    : GrainCall<NoResult>(entry.GrainId, nameof(IRemindable.ReceiveReminder), Interleaving.Exclusive, null)
{
    protected override async Task<NoResult> InvokeAsync(object grain)
    {
        await ((IRemindable)grain).ReceiveReminder(entry.ReminderName, status);
        return default;
    }

    protected override void OnEnded() => ended();
}
