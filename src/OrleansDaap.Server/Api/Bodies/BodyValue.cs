using System.Text.Json;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>The form of a plain JSON value, and how it is asked for.</summary>
/// <param name="Rule">Completes "the field …".</param>
/// <param name="Read">The value; null when it is of another form.</param>
internal sealed record BodyValue(string Rule, Func<JsonElement, object?> Read)
{
    private static readonly BodyValue Text = new("must be text", ReadText);

    private static readonly BodyValue WholeNumber = new(
        "must be a whole number", element => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : null);

    private static readonly BodyValue Number = new("must be a number, with at most 3 decimals", element => ReadNumber(element));

    private static readonly BodyValue TrueOrFalse = new(
        "must be true or false", element => element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : null);

    private static readonly BodyValue Time = new("must be a time such as 2030-01-31T12:00:00Z", element => ReadTime(element));

    public string Mistake(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && !SafeText.TryGet(element, out _) ? SafeText.Mistake : Rule;

    /// <summary>The form of a type's values; null for a type that is an object.</summary>
    public static BodyValue? Of(Type type)
    {
        if (type.IsEnum)
            return OneOf([.. Enum.GetValues(type).Cast<Enum>()]);
        return type == typeof(string) ? Text
            : type == typeof(int) ? WholeNumber
            : type == typeof(decimal) ? Number
            : type == typeof(bool) ? TrueOrFalse
            : type == typeof(DateTimeOffset) ? Time
            : null;
    }

    private static BodyValue OneOf(Enum[] members)
    {
        var words = members.ToDictionary(member => JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString()));
        return new(
            $"must be one of: {string.Join(", ", words.Keys)}",
            element => element.ValueKind == JsonValueKind.String && SafeText.TryGet(element, out var word) ? words.GetValueOrDefault(word) : null);
    }

    private static string? ReadText(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && SafeText.TryGet(element, out var text) ? text : null;

    private static decimal? ReadNumber(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var number) && Tiers.TierRules.HasAllowedDecimals(number)
            ? number
            : null;

    private static DateTimeOffset? ReadTime(JsonElement element) =>
        ReadText(element) is { } text && Rfc3339.TryParse(text, out var time) ? time : null;
}
