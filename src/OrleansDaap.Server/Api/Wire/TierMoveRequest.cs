using System.ComponentModel.DataAnnotations;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>Where a database is to go.</summary>
internal sealed record TierMoveRequest
{
    /// <summary>The tier, whose current revision the database gets.</summary>
    [Required]
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxNameLength, MinimumLength = 1, ErrorMessage = "must have 1 to 40 characters")]
    public string? Tier { get; init; }
}
