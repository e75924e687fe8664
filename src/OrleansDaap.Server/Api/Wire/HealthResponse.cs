namespace OrleansDaap.Server.Api.Wire;

/// <summary>Whether this node can do its work, part by part.</summary>
internal sealed record HealthResponse
{
    /// <summary>"healthy" when every check is, else "unhealthy".</summary>
    public required string Status { get; init; }

    public required IReadOnlyDictionary<string, HealthCheckResponse> Checks { get; init; }
}
