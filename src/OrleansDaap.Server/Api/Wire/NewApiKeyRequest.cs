using System.ComponentModel.DataAnnotations;
using OrleansDaap.Access;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A key to be made.</summary>
internal sealed record NewApiKeyRequest
{
    [Required]
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxTeamLength, MinimumLength = 1, ErrorMessage = "must have 1 to 63 characters")]
    public string? Team { get; init; }

    [Required]
    public Role? Role { get; init; }

    [StringLength(500, ErrorMessage = "must have at most 500 characters")]
    public string? Description { get; init; }

    /// <summary>From then on the key is refused. Without it, the key lasts until it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
