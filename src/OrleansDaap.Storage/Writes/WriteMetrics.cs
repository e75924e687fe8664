using System.Diagnostics.Metrics;

namespace OrleansDaap.Storage.Writes;

/// <summary>What group commit is doing, for whoever listens to the meter.</summary>
internal static class WriteMetrics
{
    private static readonly Meter Meter = new("OrleansDaap.Storage");

    /// <summary>Writes that wait for their transaction or are in it.</summary>
    public static UpDownCounter<long> Waiting { get; } = Meter.CreateUpDownCounter<long>(
        "daap.store.writes.waiting", description: "Writes that are not durable yet.");

    public static Histogram<double> BatchSize { get; } = Meter.CreateHistogram<double>(
        "daap.store.batch.size",
        description: "Writes per transaction.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });
}
