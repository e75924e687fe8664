using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>How one part does.</summary>
internal sealed record HealthCheckResponse
{
    /// <summary>"healthy" or "unhealthy".</summary>
    [AllowedValues(HealthResponse.Healthy, HealthResponse.Unhealthy)]
    public required string Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }
}
