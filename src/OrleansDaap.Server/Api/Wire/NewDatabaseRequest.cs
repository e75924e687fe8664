using System.ComponentModel.DataAnnotations;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A database to be made.</summary>
internal sealed record NewDatabaseRequest
{
    /// <summary>Unique in its team among databases that are not archived or deleted.</summary>
    [Required]
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxNameLength, MinimumLength = 1, ErrorMessage = "must have 1 to 40 characters")]
    public string? Name { get; init; }

    /// <summary>A product team may leave it out, or give its own; the platform team must name one.</summary>
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxTeamLength, MinimumLength = 1, ErrorMessage = "must have 1 to 63 characters")]
    public string? OwnerTeam { get; init; }

    /// <summary>What it is for, in the team's own words.</summary>
    [Required, StringLength(500, MinimumLength = 1, ErrorMessage = "must have 1 to 500 characters")]
    public string? Purpose { get; init; }

    [Required]
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxNameLength, MinimumLength = 1, ErrorMessage = "must have 1 to 40 characters")]
    public string? Tier { get; init; }

    /// <summary>While true, the database cannot be deleted.</summary>
    public bool? DeletionProtection { get; init; }
}
