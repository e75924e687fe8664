namespace OrleansDaap.Server.Api.Health;

/// <summary>How a part does.</summary>
/// <param name="Message">For people, and shown to anybody: no secret, no path, no address.</param>
internal sealed record HealthResult(bool IsHealthy, string? Message = null)
{
    public static HealthResult Healthy { get; } = new(true);

    public static HealthResult Unhealthy(string message) => new(false, message);
}
