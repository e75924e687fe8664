using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrleansDaap.Server.Telemetry;

/// <summary>
/// Sends traces and metrics to a collector by OTLP, where the environment names one; how is told by OpenTelemetry's own variables (<c>OTEL_…</c>).
/// A collector that is away costs nobody anything: what it misses is dropped.
/// </summary>
internal sealed class TelemetryExport : IHostedService, IDisposable
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Ours = "OrleansDaap.*";
    private static readonly string[] OthersTraces = ["Microsoft.AspNetCore", "Microsoft.Orleans.Application", "Npgsql", "System.Net.Http"];
    private static readonly string[] OthersMetrics = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Orleans", "Npgsql", "System.Runtime"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public static bool IsWanted => Environment.GetEnvironmentVariable(EndpointVariable) is { Length: > 0 };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource([Ours, .. OthersTraces]).AddProcessor(new DatabaseTag()).AddOtlpExporter().Build();
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter([Ours, .. OthersMetrics]).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is left, for as long as the exporters wait for a collector.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // OTEL_SERVICE_NAME goes before it.
    private static void Describe(ResourceBuilder resource) =>
        resource.AddService("orleans-daap", serviceInstanceId: Environment.MachineName).AddEnvironmentVariableDetector();
}
