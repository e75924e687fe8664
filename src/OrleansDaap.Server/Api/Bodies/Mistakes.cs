using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>Everything that is wrong with one request, by JSON path or query parameter, so that it is told at once.</summary>
internal sealed class Mistakes
{
    /// <summary>A body of 1 MiB can hold a hundred thousand mistakes; nobody reads more than these.</summary>
    private const int MaxPaths = 50;

    private readonly Dictionary<string, List<string>> byPath = new(StringComparer.Ordinal);

    public bool Any => byPath.Count > 0;

    public void Add(string path, string mistake)
    {
        if (byPath.TryGetValue(path, out var known))
            known.Add(mistake);
        else if (byPath.Count < MaxPaths)
            byPath.Add(path, [mistake]);
    }

    /// <summary>Adds what a rule found, unless the value it judged was already known to be wrong in itself.</summary>
    public void AddUnlessCovered(string path, string mistake)
    {
        if (!Covers(path))
            Add(path, mistake);
    }

    public bool Covers(string path) =>
        byPath.Keys.Any(known => known == JsonPaths.Root || IsSameOrBelow(known, path) || IsSameOrBelow(path, known));

    public void ThrowIfAny()
    {
        if (Any)
            throw ProblemException.Invalid(byPath.ToDictionary(pair => pair.Key, pair => pair.Value.Distinct().ToArray()));
    }

    private static bool IsSameOrBelow(string path, string above) =>
        path.StartsWith(above, StringComparison.Ordinal) && (path.Length == above.Length || path[above.Length] is '.' or '[');
}
