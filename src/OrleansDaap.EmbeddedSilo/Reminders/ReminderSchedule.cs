namespace OrleansDaap.EmbeddedSilo.Reminders;

/// <summary>When a reminder ticks: at its first tick and whole periods after it, whatever happened in between, as in Orleans.</summary>
internal static class ReminderSchedule
{
    /// <summary>The first tick that is not before <paramref name="now"/>. Ticks that were missed, by downtime or long ones, are not made up for.</summary>
    public static DateTime NextTick(ReminderEntry entry, DateTime now)
    {
        var first = DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc);
        if (now <= first)
        {
            return first;
        }

        var sinceLast = (now - first).Ticks % entry.Period.Ticks;
        return sinceLast == 0 ? now : Add(now, entry.Period.Ticks - sinceLast);
    }

    /// <summary>The tick after <paramref name="previous"/>.</summary>
    public static DateTime FollowingTick(ReminderEntry entry, DateTime previous, DateTime now)
    {
        var next = NextTick(entry, now);
        return next > previous ? next : Add(previous, entry.Period.Ticks);
    }

    private static DateTime Add(DateTime time, long ticks) =>
        ticks > DateTime.MaxValue.Ticks - time.Ticks ? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc) : time.AddTicks(ticks);
}
