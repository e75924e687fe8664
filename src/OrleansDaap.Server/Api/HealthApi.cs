using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Server.Api.Health;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>Whether this node can do its work, for load balancers and people.</summary>
internal static class HealthApi
{
    /// <summary>Load balancers give up after a few seconds; what takes longer is not healthy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder app) =>
        app.MapGet("/health", GetAsync).WithName("get-health").WithTags("Health").RequiresNoKey().WithSummary("Show whether this node is healthy")
            .WithDescription("503 when any part is not.")
            .Produces<HealthResponse>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<HealthResponse>, JsonHttpResult<HealthResponse>>> GetAsync(
        HttpContext http, IEnumerable<IHealthProbe> probes, TimeProvider time, ILogger<IHealthProbe> logger)
    {
        var checks = await Task.WhenAll(probes.Select(async probe => (probe.Name, Result: await CheckAsync(probe, time, logger, http.RequestAborted))));
        var isHealthy = checks.All(check => check.Result.IsHealthy);
        var response = new HealthResponse
        {
            Status = Word(isHealthy),
            Checks = checks.ToDictionary(
                check => check.Name, check => new HealthCheckResponse { Status = Word(check.Result.IsHealthy), Message = check.Result.Message }),
        };
        return isHealthy
            ? TypedResults.Ok(response)
            : TypedResults.Json(response, WireJson.Readable.HealthResponse, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<HealthResult> CheckAsync(IHealthProbe probe, TimeProvider time, ILogger logger, CancellationToken aborted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        try
        {
            // The wait is bounded as well as the check: one that does not listen to its token must not hold up the answer.
            return await probe.CheckAsync(deadline.Token).WaitAsync(Patience, time, aborted);
        }
        catch (TimeoutException)
        {
            await deadline.CancelAsync();
            return HealthResult.Unhealthy($"did not answer within {Patience.TotalSeconds} seconds");
        }
        catch (Exception exception) when (!aborted.IsCancellationRequested)
        {
            ApiLog.HealthCheckFailed(logger, probe.Name, exception);
            return HealthResult.Unhealthy("failed; the server's logs say why");
        }
    }

    private static string Word(bool isHealthy) => isHealthy ? HealthResponse.Healthy : HealthResponse.Unhealthy;
}
