using System.Text.Json;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>Reads JSON strings that may hold what no text can: half a surrogate pair, or the character U+0000, which PostgreSQL refuses.</summary>
internal static class SafeText
{
    public const string Mistake = "must be text without U+0000 or halves of surrogate pairs";

    public static bool TryGet(JsonElement element, out string text)
    {
        try
        {
            text = element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }

        return !text.Contains('\0', StringComparison.Ordinal);
    }

    public static bool TryGetName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    /// <summary>The same rules for text from elsewhere, such as the query string.</summary>
    public static bool IsSafe(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
                return false;
        }

        return true;
    }
}
