using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A change of a database; what is left out stays as it is.</summary>
internal sealed record DatabasePatchRequest
{
    [DisallowNull]
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxTeamLength, MinimumLength = 1, ErrorMessage = "must have 1 to 63 characters")]
    public string? OwnerTeam { get; init; }

    [DisallowNull, StringLength(500, MinimumLength = 1, ErrorMessage = "must have 1 to 500 characters")]
    public string? Purpose { get; init; }

    [DisallowNull]
    public bool? DeletionProtection { get; init; }
}
