using System.Diagnostics;

namespace OrleansDaap.Benchmarks;

/// <summary>PostgreSQL's programs, run as an ordinary user also when this is root.</summary>
internal static class Tools
{
    private static readonly bool Root = Environment.UserName == "root";

    public static string Directory { get; } = System.IO.Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order().Last();

    public static async Task RunAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(Root ? "setpriv" : Path.Combine(Directory, tool)) { RedirectStandardOutput = true };
        if (Root)
        {
            foreach (var part in (string[])["--reuid=postgres", "--regid=postgres", "--init-groups", "--", Path.Combine(Directory, tool)])
            {
                start.ArgumentList.Add(part);
            }
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} failed with {process.ExitCode}: {await output}");
        }
    }
}
