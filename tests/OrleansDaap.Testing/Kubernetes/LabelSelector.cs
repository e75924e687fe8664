namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Equality and set requirements, joined by commas.</summary>
internal sealed class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _requirements = [];

    public bool IsEmpty => _requirements.Count == 0;

    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        foreach (var part in Split(text ?? "")) selector._requirements.Add(Requirement(part));
        return selector;
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.TrueForAll(requirement => requirement(labels));

    // A comma within parentheses belongs to a set.
    private static IEnumerable<string> Split(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '(') depth++;
            if (i < text.Length && text[i] == ')') depth--;
            if (i < text.Length && (text[i] != ',' || depth > 0)) continue;
            if (text[start..i].Trim() is { Length: > 0 } part) yield return part;
            start = i + 1;
        }
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> Requirement(string part)
    {
        if (part.IndexOf("!=", StringComparison.Ordinal) is > 0 and var unequal)
        {
            var (key, value) = (part[..unequal].Trim(), part[(unequal + 2)..].Trim());
            return labels => labels.GetValueOrDefault(key) != value;
        }

        if (part.IndexOf('=', StringComparison.Ordinal) is > 0 and var equal)
        {
            var (key, value) = (part[..equal].Trim(), part[(equal + 1)..].TrimStart('=').Trim());
            return labels => labels.GetValueOrDefault(key) == value;
        }

        if (part.IndexOf('(', StringComparison.Ordinal) is > 0 and var open)
        {
            var words = part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = part[(open + 1)..].TrimEnd(')').Split(',', StringSplitOptions.TrimEntries);
            return words is [var key, "in"]
                ? labels => labels.TryGetValue(key, out var value) && values.Contains(value)
                : labels => !labels.TryGetValue(words[0], out var value) || !values.Contains(value);
        }

        return part[0] == '!' ? labels => !labels.ContainsKey(part[1..]) : labels => labels.ContainsKey(part);
    }
}
