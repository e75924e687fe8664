using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace OrleansDaap.Server.Api.Metrics;

/// <summary>One instrument's measurements, and how Prometheus reads them.</summary>
internal sealed class Metric(Instrument instrument)
{
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    private readonly double[] _bounds = instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } ? [.. bounds] : [];

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _series.GetOrAdd(PrometheusText.Labels(tags), static (_, bounds) => new Series(bounds), _bounds);
        if (_bounds.Length > 0)
            series.Record(value);
        else if (instrument.IsObservable)
            series.Set(value);
        else
            series.Add(value);
    }

    public void Write(StringBuilder text)
    {
        var name = PrometheusText.Name(instrument.Name, instrument.Unit);
        PrometheusText.Head(text, name, instrument.Description, _bounds.Length > 0 ? "histogram" : "gauge");
        foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var (sum, counts) = series.Read();
            if (_bounds.Length == 0)
                PrometheusText.Sample(text, name, labels, sum);
            else
                WriteBuckets(text, name, labels, sum, counts);
        }
    }

    private void WriteBuckets(StringBuilder text, string name, string labels, double sum, long[] counts)
    {
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < _bounds.Length ? _bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            PrometheusText.Sample(text, $"{name}_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", total);
        }

        PrometheusText.Sample(text, $"{name}_sum", labels, sum);
        PrometheusText.Sample(text, $"{name}_count", labels, total);
    }
}
