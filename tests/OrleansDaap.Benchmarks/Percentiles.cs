namespace OrleansDaap.Benchmarks;

/// <summary>Order statistics of a sample, by the nearest rank: the p99 of 30 values is their largest.</summary>
internal static class Percentiles
{
    public static double Of(IEnumerable<double> sample, double percent)
    {
        var sorted = sample.Order().ToArray();
        return sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
    }
}
