using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Metrics;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api;

/// <summary>What this node is doing, for Prometheus.</summary>
internal static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder app) =>
        app.MapGet("/metrics", GetAsync).WithName("get-metrics").WithTags("Health").RequiresNoKey().WithSummary("Show this node's metrics")
            .WithDescription("Prometheus text. Only for this machine, unless the server is configured otherwise.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").Refuses(ProblemCode.Forbidden);

    private static async Task<IResult> GetAsync(
        HttpContext http, IOptions<MetricsOptions> options, MetricsCollector collector, DatabaseCounts databases, QuotaUse quotas)
    {
        if (!options.Value.AllowRemote && (http.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address)))
            throw new ProblemException(ProblemCode.Forbidden, "Metrics are for this machine; Daap:Metrics:AllowRemote opens them to others.");
        var text = new StringBuilder();
        collector.Write(text);
        await databases.WriteAsync(text, http.RequestAborted);
        await quotas.WriteAsync(text, http.RequestAborted);
        return TypedResults.Text(text.ToString(), PrometheusText.ContentType);
    }
}
