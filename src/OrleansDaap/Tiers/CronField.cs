using System.Globalization;

namespace OrleansDaap.Tiers;

/// <summary>One of the five fields of a cron schedule: what it counts, its bounds, and the names that stand for numbers.</summary>
internal sealed record CronField(string Name, int Min, int Max, string[] Names)
{
    public static readonly CronField Minute = new("minute", 0, 59, []);
    public static readonly CronField Hour = new("hour", 0, 23, []);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31, []);
    public static readonly CronField Month =
        new("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);

    /// <summary>Sunday is 0 and 7.</summary>
    public static readonly CronField DayOfWeek = new("day of week", 0, 7, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

    /// <summary>Reads a list of values, ranges and steps into a bit per value; false when it is none.</summary>
    public bool TryParse(string text, out ulong bits)
    {
        bits = 0;
        foreach (var item in text.Split(','))
        {
            if (!TryParseItem(item, out var part))
                return false;
            bits |= part;
        }

        return true;
    }

    private bool TryParseItem(string item, out ulong bits)
    {
        bits = 0;
        var (range, step) = (item, 1);
        if (item.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash)
        {
            range = item[..slash];
            if (!TryParseNumber(item[(slash + 1)..], out step) || step < 1 || step > Max)
                return false;
        }

        if (!TryParseRange(range, openEnded: range != item, out var first, out var last))
            return false;
        for (var value = first; value <= last; value += step)
            bits |= 1UL << value;
        return true;
    }

    private bool TryParseRange(string range, bool openEnded, out int first, out int last)
    {
        (first, last) = (Min, Max);
        if (range == "*")
            return true;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash >= 0)
            return TryParseValue(range[..dash], out first) && TryParseValue(range[(dash + 1)..], out last) && first <= last;
        if (!TryParseValue(range, out first))
            return false;
        last = openEnded ? Max : first;
        return true;
    }

    private bool TryParseValue(string text, out int value)
    {
        var name = Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = name + Min;
        return name >= 0 || (TryParseNumber(text, out value) && value >= Min && value <= Max);
    }

    private static bool TryParseNumber(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
