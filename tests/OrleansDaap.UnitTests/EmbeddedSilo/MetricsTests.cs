using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.EmbeddedSilo.Hosting;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class MetricsTests : SiloFixture
{
    [Fact]
    public async Task Active_grains_are_counted_by_type()
    {
        await Probe("a").InstanceAsync();
        await Probe("b").InstanceAsync();
        Assert.Equal((2, 0), (Count("probe"), Count("account")));
        await Account("a").BalanceAsync();
        Assert.Equal((2, 1), (Count("probe"), Count("account")));

        await Silo.RestartAsync();
        Assert.Equal((0, 0), (Count("probe"), Count("account")));
    }

    private long Count(string grain)
    {
        var counts = new ConcurrentDictionary<object, long>();
        var metrics = Silo.Services.GetRequiredService<SiloMetrics>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, metrics) && instrument.Name == "daap.silo.activations")
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counts[tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return counts[grain];
    }
}
