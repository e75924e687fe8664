using System.Text.Json.Serialization;
using OrleansDaap.Access;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A new key: the only answer that ever holds the key itself.</summary>
internal sealed record CreatedApiKeyResponse
{
    public required string Id { get; init; }

    /// <summary>Keep it: it cannot be shown again. Left out when the same request is answered again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required string? Key { get; init; }

    public required string Team { get; init; }

    public required Role Role { get; init; }

    public required string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string? CreatedBy { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset? LastUsedAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }

    public static CreatedApiKeyResponse Of(ApiKeyState state, string key) => new()
    {
        Id = state.Id,
        Key = key,
        Team = state.Team,
        Role = state.Role,
        Description = state.Description,
        CreatedAt = state.CreatedAt,
        CreatedBy = state.CreatedBy,
        ExpiresAt = state.ExpiresAt,
        LastUsedAt = state.LastUsedAt,
        RevokedAt = state.RevokedAt,
    };
}
