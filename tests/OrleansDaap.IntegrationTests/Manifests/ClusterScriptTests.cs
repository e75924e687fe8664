using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace OrleansDaap.IntegrationTests.Manifests;

/// <summary><c>make cluster-up</c> and its like, on a machine that has not what they need.</summary>
public sealed class ClusterScriptTests : IDisposable
{
    private static readonly string Script = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../deploy/k3d/k3d.sh"));

    /// <summary>All that the script finds on its PATH.</summary>
    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("daap-");

    public void Dispose() => _programs.Delete(recursive: true);

    [Theory]
    [InlineData("up", "This needs docker, k3d and kubectl, which are not installed")]
    [InlineData("install", "This needs docker, k3d and kubectl, which are not installed")]
    [InlineData("deploy", "This needs docker, k3d and kubectl, which are not installed")]
    [InlineData("down", "This needs docker and k3d, which are not installed")]
    public async Task Without_its_programs_it_says_so_in_one_sentence(string command, string sentence)
    {
        var (exitCode, errors) = await RunAsync(command);

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith(sentence, errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("docker", "Docker is installed and does not answer")]
    [InlineData("k3d", "There is no k3d cluster orleansdaap: run make cluster-up first.")]
    public async Task Without_what_must_run_already_it_says_so(string failing, string sentence)
    {
        foreach (var program in new[] { "docker", "k3d", "kubectl" })
            File.CreateSymbolicLink(Path.Combine(_programs.FullName, program), program == failing ? "/usr/bin/false" : "/usr/bin/true");

        var (exitCode, errors) = await RunAsync("install");

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith(sentence, errors, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Errors)> RunAsync(string command)
    {
        var start = new ProcessStartInfo("/bin/bash", [Script, command]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = _programs.FullName;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
