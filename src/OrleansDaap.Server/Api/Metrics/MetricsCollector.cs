using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace OrleansDaap.Server.Api.Metrics;

/// <summary>Listens to our own meters from the start, and writes down what it has heard.</summary>
internal sealed class MetricsCollector : IHostedService, IDisposable
{
    private const string OurMeters = "OrleansDaap.";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Metric> _metrics = new(StringComparer.Ordinal);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(OurMeters, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument, _metrics.GetOrAdd(instrument.Name, _ => new Metric(instrument)));
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, metric) => (metric as Metric)!.Measure(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, metric) => (metric as Metric)!.Measure(value, tags));
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Write(StringBuilder text)
    {
        _listener.RecordObservableInstruments();
        foreach (var (_, metric) in _metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            metric.Write(text);
    }

    public void Dispose() => _listener.Dispose();
}
