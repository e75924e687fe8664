using System.Globalization;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The operator's cron: seconds first, and Sunday is 0 only. Five fields would be taken for something else without a word.</summary>
internal static class SixFieldCron
{
    private const int DaysOfWeek = 4;
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <param name="schedule">Five well-formed fields.</param>
    public static string From(string schedule)
    {
        var fields = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        fields[DaysOfWeek] = string.Join(',', fields[DaysOfWeek].Split(',').Select(WithoutSeven));
        return string.Join(' ', ["0", .. fields]);
    }

    private static string WithoutSeven(string item)
    {
        var (range, step) = item.Split('/') is [var left, var right] ? (left, int.Parse(right, CultureInfo.InvariantCulture)) : (item, 1);
        if (range == "*") return item;
        var bounds = range.Split('-').Select(Day).ToArray();
        // A single day with a step goes on to the week's end, which is Sunday's other number.
        var last = bounds.Length == 1 && range != item ? 7 : bounds[^1];
        if (last != 7) return item;
        var days = Enumerable.Range(bounds[0], last - bounds[0] + 1).Where(day => (day - bounds[0]) % step == 0).Select(day => day % 7);
        return string.Join(',', days.Distinct().Select(day => day.ToString(CultureInfo.InvariantCulture)));
    }

    private static int Day(string text) =>
        Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var day ? day : int.Parse(text, CultureInfo.InvariantCulture);
}
