using System.Globalization;

namespace OrleansDaap.Benchmarks;

/// <summary>What was measured, beside what was to be reached.</summary>
internal sealed class Report
{
    private readonly List<(string What, string Measured, string Target, bool Reached)> lines = [];

    public void AtMost(string what, double measured, double target, string unit, string detail = "") =>
        Add(what, measured, $"≤ {Number(target)}", measured <= target, unit, detail);

    public void AtLeast(string what, double measured, double target, string unit, string detail = "") =>
        Add(what, measured, $"≥ {Number(target)}", measured >= target, unit, detail);

    public static void Progress(string text) => Console.Error.WriteLine($"… {text}");

    /// <summary>Prints all lines; 1 when a target was missed.</summary>
    public int Print()
    {
        Console.WriteLine();
        foreach (var (what, measured, target, reached) in lines)
        {
            Console.WriteLine($"{(reached ? "reached" : "MISSED "),-8} {what,-58} {measured,-44} target {target}");
        }

        return lines.All(line => line.Reached) ? 0 : 1;
    }

    private void Add(string what, double measured, string target, bool reached, string unit, string detail) =>
        lines.Add((what, $"{Number(measured)}{unit} {detail}".TrimEnd(), $"{target}{unit}", reached));

    private static string Number(double value) => value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);
}
