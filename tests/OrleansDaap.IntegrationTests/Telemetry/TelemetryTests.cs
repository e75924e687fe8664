using OrleansDaap.Testing.Servers;
using OrleansDaap.Testing.Telemetry;
using Xunit;

namespace OrleansDaap.IntegrationTests.Telemetry;

public sealed class TelemetryTests : IDisposable
{
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_trace_leads_from_the_request_over_the_grains_turn_to_what_the_backend_is_asked_with_the_databases_id_on_each()
    {
        await using var collector = await OtlpCollector.StartAsync();
        string id;
        await using (var server = await ServerProcess.StartAsync(_data, collector.Settings))
        {
            await server.CreateTierAsync();
            id = await server.CreateDatabaseAsync("orders");
            await server.UntilStatusAsync(id, "ready");

            // What has not been sent is sent when the server ends.
            await server.StopAsync();
        }

        var ours = collector.Spans.Where(span => span.Tags.GetValueOrDefault("daap.database.id") == id).ToList();
        var request = Assert.Single(ours, span => span.Name == "create-database");
        Assert.NotEmpty(request.Tags["daap.request.id"]);
        Assert.Contains(ours, span => span.Name == "database/CreateAsync" && (span.Trace, span.Parent) == (request.Trace, request.Id));
        var step = Assert.Single(ours, span => span.Name == "step Apply");
        Assert.Contains(ours, span => span.Id == step.Parent && span.Name.StartsWith("database/", StringComparison.Ordinal));
        Assert.All(["daap.reconcile.lag", "daap.database.step.duration", "daap.http.request.duration", "orleans-daap"], name =>
            Assert.Contains(name, collector.Metrics, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_that_is_away_keeps_no_request_waiting()
    {
        await using var server = await ServerProcess.StartAsync(_data, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{_data.Ports.NextServerPort()}",
        });

        await server.CreateTierAsync();
        await server.UntilStatusAsync(await server.CreateDatabaseAsync("orders"), "ready");
        Assert.Equal(0, await server.StopAsync());
    }
}
