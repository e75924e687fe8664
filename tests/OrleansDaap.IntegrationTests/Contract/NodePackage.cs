using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace OrleansDaap.IntegrationTests.Contract;

/// <summary>A folder with a package.json: installed when its lock file is another than last time, and its programs run.</summary>
internal sealed class NodePackage
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<NodePackage>>> Installed = new();

    private readonly string _folder;

    private NodePackage(string folder) => _folder = folder;

    private string Modules => Path.Combine(_folder, "node_modules");

    /// <summary>Once, for all that use it in this run.</summary>
    public static Task<NodePackage> InstallAsync(string folder) => Installed.GetOrAdd(folder, static from => new(() => EnsureAsync(from))).Value;

    /// <summary>Runs a program of an installed package, and fails with what it prints when it fails.</summary>
    public Task RunAsync(string script, params string[] arguments) => ExecuteAsync("node", [Path.Combine(Modules, script), .. arguments]);

    /// <summary>Runs the compiled tests of a file.</summary>
    public Task TestAsync(string name, params (string Name, string Value)[] environment) =>
        ExecuteAsync("node", ["--test", Path.Combine("build", $"{name}.test.js")], environment);

    /// <summary>Runs a script of the folder's own: how it ended, and all that it printed.</summary>
    public Task<(int ExitCode, string Output)> ScriptAsync(string script, params string[] arguments) => OutcomeAsync("node", [script, .. arguments], []);

    private static async Task<NodePackage> EnsureAsync(string folder)
    {
        var package = new NodePackage(folder);
        var stamp = Path.Combine(package.Modules, ".installed");
        var wanted = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
        {
            await package.ExecuteAsync("npm", ["ci"]);
            await File.WriteAllTextAsync(stamp, wanted);
        }

        return package;
    }

    private async Task ExecuteAsync(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var (exitCode, output) = await OutcomeAsync(program, arguments, environment);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} failed:\n{output}");
    }

    private async Task<(int ExitCode, string Output)> OutcomeAsync(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
