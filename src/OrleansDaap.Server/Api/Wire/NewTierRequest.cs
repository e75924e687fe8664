using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A tier to be made.</summary>
internal sealed record NewTierRequest : TierRequest
{
    [Required, JsonPropertyOrder(-1)]
    [RegularExpression(Slug.Pattern, ErrorMessage = Slug.Rule)]
    [StringLength(Slug.MaxNameLength, MinimumLength = 1, ErrorMessage = "must have 1 to 40 characters")]
    public string? Id { get; init; }
}
