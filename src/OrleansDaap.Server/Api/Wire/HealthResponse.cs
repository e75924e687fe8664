using System.ComponentModel.DataAnnotations;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>Whether this node can do its work, part by part.</summary>
internal sealed record HealthResponse
{
    public const string Healthy = "healthy";
    public const string Unhealthy = "unhealthy";

    /// <summary>"healthy" when every check is, else "unhealthy".</summary>
    [AllowedValues(Healthy, Unhealthy)]
    public required string Status { get; init; }

    public required IReadOnlyDictionary<string, HealthCheckResponse> Checks { get; init; }
}
