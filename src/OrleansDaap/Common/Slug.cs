namespace OrleansDaap.Common;

/// <summary>
/// The names that people give: lower-case letters, digits and dashes, from a letter to a letter or digit. They go into host names,
/// Kubernetes names and paths without escaping.
/// </summary>
public static class Slug
{
    public const string Pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$";
    public const string Rule = "must be lower-case letters, digits and dashes, start with a letter and not end with a dash";

    /// <summary>Characters at most in the name of a tier or a database.</summary>
    public const int MaxNameLength = 40;

    /// <summary>Characters at most in the name of a team: one DNS label.</summary>
    public const int MaxTeamLength = 63;

    public static bool IsWellFormed(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && char.IsAsciiLetterLower(text[0]) && text[^1] != '-'
        && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
