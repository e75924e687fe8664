using System.Diagnostics.Metrics;

namespace OrleansDaap.Server.Api.Metrics;

/// <summary>Counts and times requests, by operation: paths hold ids, of which there is no end.</summary>
internal static class RequestMetrics
{
    private static readonly Meter Meter = new("OrleansDaap.Server");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "daap.http.request.duration",
        unit: "s",
        description: "Requests, and the time until their answer was sent.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    public static void Answered(string operation, int status, TimeSpan duration) => Duration.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("operation", operation), new KeyValuePair<string, object?>("status", status));
}
