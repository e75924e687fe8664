namespace OrleansDaap.Testing.Xunit;

/// <summary>The tests of the class run Node.js and npm.</summary>
public sealed class RequiresNodeAttribute : DependencyAttribute
{
    public override string? FindMissing()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return ((string[])["node", "npm"]).All(program => folders.Any(folder => File.Exists(Path.Combine(folder, program))))
            ? null
            : "Node.js 18 or newer and npm are not installed.";
    }
}
