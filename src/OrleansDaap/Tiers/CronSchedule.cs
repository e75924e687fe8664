namespace OrleansDaap.Tiers;

/// <summary>A five-field cron schedule, in UTC: minute, hour, day of month, month, day of week; a bit per value in each.</summary>
/// <param name="DaysOfWeek">Bit 0 is Sunday.</param>
public sealed record CronSchedule(ulong Minutes, ulong Hours, ulong DaysOfMonth, ulong Months, ulong DaysOfWeek)
{
    /// <summary>Characters at most; a list of every minute has 169.</summary>
    public const int MaxLength = 200;

    private static readonly int[] LongestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    /// <summary>Whether either day field is <c>*</c>; when neither is, cron runs on days that match one of the two.</summary>
    public required bool AnyDayOfMonth { get; init; }

    public required bool AnyDayOfWeek { get; init; }

    /// <summary>Null when the text is a schedule, else what is wrong with it.</summary>
    public static string? Mistake(string text) => Parse(text).Mistake;

    public static (CronSchedule? Schedule, string? Mistake) Parse(string text)
    {
        CronField[] fields = [CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek];
        var texts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (text.Length > MaxLength || texts.Length != fields.Length)
            return (null, "must have five fields: minute, hour, day of month, month, day of week");

        var bits = new ulong[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            if (!fields[i].TryParse(texts[i], out bits[i]))
                return (null, $"has no valid {fields[i].Name}: it goes from {fields[i].Min} to {fields[i].Max}, with *, lists, ranges and steps");
        }

        var sundayAsZero = (bits[4] | (bits[4] >> 7)) & 0x7F;
        var schedule = new CronSchedule(bits[0], bits[1], bits[2], bits[3], sundayAsZero)
        {
            AnyDayOfMonth = texts[2].StartsWith('*'),
            AnyDayOfWeek = texts[4].StartsWith('*'),
        };
        return schedule.EverComes() ? (schedule, null) : (null, "never comes: no such day is in any such month");
    }

    /// <summary>The first moment after the given one at which it comes.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        var from = after.UtcDateTime;
        var first = new DateTime(from.Year, from.Month, from.Day, from.Hour, from.Minute, 0, DateTimeKind.Utc).AddMinutes(1);
        for (var day = first.Date; ; day = day.AddDays(1))
        {
            if (ComesOn(day) && FirstTime(day == first.Date ? first.TimeOfDay : TimeSpan.Zero) is { } time)
                return new DateTimeOffset(day + time, TimeSpan.Zero);
        }
    }

    private static bool Has(ulong bits, int value) => (bits & (1UL << value)) != 0;

    // When both day fields are narrowed, cron takes a day that matches either.
    private bool ComesOn(DateTime day)
    {
        var (inMonth, inWeek) = (Has(DaysOfMonth, day.Day), Has(DaysOfWeek, (int)day.DayOfWeek));
        return Has(Months, day.Month) && (AnyDayOfMonth || AnyDayOfWeek ? inMonth && inWeek : inMonth || inWeek);
    }

    private TimeSpan? FirstTime(TimeSpan from)
    {
        for (var hour = from.Hours; hour < 24; hour++)
        {
            if (!Has(Hours, hour)) continue;
            for (var minute = hour == from.Hours ? from.Minutes : 0; minute < 60; minute++)
            {
                if (Has(Minutes, minute)) return new TimeSpan(hour, minute, 0);
            }
        }

        return null;
    }

    private bool EverComes() =>
        !AnyDayOfWeek || Enumerable.Range(1, 12).Any(month =>
            (Months & (1UL << month)) != 0 && (DaysOfMonth & ((2UL << LongestMonths[month - 1]) - 1)) != 0);
}
