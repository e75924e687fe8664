using System.ComponentModel.DataAnnotations;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A new database, made of another's backups.</summary>
internal sealed record NewRestoreRequest
{
    /// <summary>What committed at or before this moment is there, what committed later is not.</summary>
    [Required]
    public DateTimeOffset? TargetTime { get; init; }

    /// <summary>The new database's; made of the source's when it is left out.</summary>
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxNameLength, MinimumLength = 1, ErrorMessage = "must have 1 to 40 characters")]
    public string? Name { get; init; }

    /// <summary>The source's when it is left out.</summary>
    [StringLength(500, MinimumLength = 1, ErrorMessage = "must have 1 to 500 characters")]
    public string? Purpose { get; init; }
}
