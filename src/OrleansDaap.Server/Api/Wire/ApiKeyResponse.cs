using OrleansDaap.Access;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A key without its secret, which nobody but its first receiver ever sees.</summary>
internal sealed record ApiKeyResponse
{
    public required string Id { get; init; }

    public required string Team { get; init; }

    public required Role Role { get; init; }

    public required string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the key that made this one; null for the first key of all.</summary>
    public required string? CreatedBy { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    public static ApiKeyResponse Of(ApiKeyState key) => new()
    {
        Id = key.Id,
        Team = key.Team,
        Role = key.Role,
        Description = key.Description,
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        ExpiresAt = key.ExpiresAt,
        LastUsedAt = key.LastUsedAt,
        RevokedAt = key.RevokedAt,
    };
}
