namespace OrleansDaap.UnitTests.Architecture;

/// <summary>The project's own C# files.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static IReadOnlyList<(string Path, string[] Lines)> Files(string under) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, under), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Select(path => (path, File.ReadAllLines(Path.Combine(Root, path)))),
    ];

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "OrleansDaap.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
