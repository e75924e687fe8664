using System.Text.Json;

namespace OrleansDaap.Common;

/// <summary>Enum members by their wire names; see <see cref="WireEnumConverter{T}"/>.</summary>
public static class WireName
{
    public static string Of<T>(T value)
        where T : struct, Enum => Cache<T>.Names[value];

    public static IReadOnlyCollection<string> All<T>()
        where T : struct, Enum => Cache<T>.Values.Keys;

    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum => Cache<T>.Values.TryGetValue(text, out value);

    private static class Cache<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Names =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> Values = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}
