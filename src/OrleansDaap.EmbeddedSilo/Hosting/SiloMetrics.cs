using System.Diagnostics.Metrics;

namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>What the silo holds, for whoever listens to the meter.</summary>
internal sealed class SiloMetrics : IDisposable
{
    private readonly Meter _meter;
    private volatile Silo? _silo;

    public SiloMetrics()
    {
        _meter = new Meter(new MeterOptions("OrleansDaap.EmbeddedSilo") { Scope = this });
        _meter.CreateObservableGauge("daap.silo.activations", Count, description: "Grains that are active on this node, by type.");
        _meter.CreateObservableGauge("daap.silo.calls.pending", () => (long)(_silo?.Tenure?.PendingCount ?? 0), description: "Calls of grains that are not answered yet.");
    }

    public void Show(Silo silo) => _silo = silo;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Count()
    {
        if (_silo is not { } silo)
        {
            return [];
        }

        // A type of which none is left says so: what was last said of it would stand otherwise.
        var counts = silo.Tenure?.CountActivations();
        return silo.Catalog.Classes.Select(grain => new Measurement<long>(
            counts?.GetValueOrDefault(grain.GrainType) ?? 0, new KeyValuePair<string, object?>("grain", grain.GrainType.ToString())));
    }
}
