namespace OrleansDaap.UnitTests.EmbeddedSilo.Compatibility;

/// <summary>What Orleans 10 declares of the types that the embedded silo has too: a type at the margin, its lines indented below it.</summary>
internal static class OrleansDescription
{
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Types { get; } = Read();

    private static Dictionary<string, IReadOnlySet<string>> Read()
    {
        var types = new Dictionary<string, IReadOnlySet<string>>();
        var lines = new HashSet<string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "EmbeddedSilo", "Compatibility", "orleans-10.txt")))
        {
            if (line is "" or ['#', ..]) continue;
            if (line[0] == ' ') lines.Add(line.Trim());
            else types.Add(line, lines = []);
        }

        return types;
    }
}
