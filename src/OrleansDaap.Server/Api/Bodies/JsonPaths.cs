namespace OrleansDaap.Server.Api.Bodies;

/// <summary>How a place in a request body is named in a mistake: <c>storage.size_gib</c>, or <c>$</c> for the body itself.</summary>
internal static class JsonPaths
{
    public const string Root = "$";

    /// <summary>Longer names of unknown fields are cut: they come from the client and go back to it.</summary>
    private const int MaxNameLength = 64;

    public static string Below(string parent, string name)
    {
        var shown = new string([.. name.Take(MaxNameLength).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter)]);
        return parent == Root ? shown : $"{parent}.{shown}";
    }
}
