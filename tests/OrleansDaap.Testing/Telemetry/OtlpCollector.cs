using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansDaap.Testing.Telemetry;

/// <summary>What receives traces and metrics over HTTP, and keeps them.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentQueue<string> _metrics = new();

    private OtlpCollector(WebApplication app) => _app = app;

    /// <summary>What a server is told, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public IReadOnlyList<Span> Spans => [.. _spans];

    /// <summary>The requests with metrics: their names can be read in them.</summary>
    public string Metrics => string.Join('\n', _metrics);

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.MapPost("/v1/traces", async (HttpContext http) => collector.Take(Span.Read(await ReadAsync(http))));
        app.MapPost("/v1/metrics", async (HttpContext http) => collector.Take(Encoding.UTF8.GetString((await ReadAsync(http)).Span)));
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Take(IEnumerable<Span> spans)
    {
        foreach (var span in spans) _spans.Enqueue(span);
        return Results.Ok();
    }

    private IResult Take(string metrics)
    {
        _metrics.Enqueue(metrics);
        return Results.Ok();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
