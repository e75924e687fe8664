using OrleansDaap.Access;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>One attempt to change something, or to get in.</summary>
internal sealed record AuditEntryResponse
{
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>As in the answer's X-Request-Id.</summary>
    public required string RequestId { get; init; }

    /// <summary>Null, like role and API key, when the caller is unknown.</summary>
    public required string? Team { get; init; }

    public required Role? Role { get; init; }

    public required string? ApiKeyId { get; init; }

    /// <summary>The operation's id in this description, such as "create-database"; "unknown" for what is none.</summary>
    public required string Action { get; init; }

    /// <summary>The path that was called, without the version's prefix.</summary>
    public required string Resource { get; init; }

    /// <summary>"accepted", or the problem's code.</summary>
    public required string Outcome { get; init; }

    /// <summary>The HTTP status that was answered.</summary>
    public required int Status { get; init; }

    public required string? RemoteAddress { get; init; }

    public static AuditEntryResponse Of(AuditEntry entry) => new()
    {
        Id = entry.Id,
        At = entry.At,
        RequestId = entry.RequestId,
        Team = entry.Team,
        Role = entry.Role is { } word && WireName.TryParse<Role>(word, out var role) ? role : null,
        ApiKeyId = entry.ApiKeyId,
        Action = entry.Action,
        Resource = entry.Resource,
        Outcome = entry.Outcome,
        Status = entry.Status,
        RemoteAddress = entry.RemoteAddress,
    };
}
