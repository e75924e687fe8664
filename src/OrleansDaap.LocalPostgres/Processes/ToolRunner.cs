using System.ComponentModel;
using System.Diagnostics;

namespace OrleansDaap.LocalPostgres.Processes;

/// <summary>Runs PostgreSQL's own tools to their end, as the tools' user, without a shell and without this server's environment.</summary>
internal sealed class ToolRunner(ToolAccount account, TimeProvider time)
{
    /// <summary>Few tools work for longer than seconds, and those say so; one that hangs must not hold its cluster for ever.</summary>
    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(5);
    private const int LongestMessage = 2000;

    /// <summary>Throws <see cref="ToolFailedException"/> unless it ends with 0.</summary>
    public async Task<ToolResult> RunAsync(string tool, IEnumerable<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var result = await TryAsync(tool, arguments, cancellationToken, input);
        return result.ExitCode == 0 ? result : throw new ToolFailedException(Describe(tool, result));
    }

    /// <summary>Cancelling stops the tool.</summary>
    /// <param name="tool">The program.</param>
    /// <param name="arguments">Seen by everyone on the machine.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="patience">How long it may work; null: five minutes.</param>
    public async Task<ToolResult> TryAsync(
        string tool, IEnumerable<string> arguments, CancellationToken cancellationToken, string? input = null, TimeSpan? patience = null)
    {
        using var process = Start(tool, arguments);
        using var timeout = new CancellationTokenSource(patience ?? UsualPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await FeedAsync(process, input);
            await process.WaitForExitAsync(either.Token);
            return new ToolResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ToolFailedException($"{Path.GetFileName(tool)} did not end within {(patience ?? UsualPatience).TotalSeconds:0} s and was stopped.");
        }
    }

    public static string Describe(string tool, ToolResult result)
    {
        var said = (result.Errors.Trim() + "\n" + result.Output.Trim()).Trim();
        return $"{Path.GetFileName(tool)} failed ({result.ExitCode}): {(said.Length > LongestMessage ? said[^LongestMessage..] : said)}";
    }

    private static async Task FeedAsync(Process process, string? input)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }

    private Process Start(string tool, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The server's own directory may be closed to the tools' user.
            WorkingDirectory = "/",
        };
        if (account.Switches) start.UserName = account.Name;

        // What the tools leave running must not carry the server's environment, which may hold secrets, nor obey PG* variables.
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new ToolFailedException($"{tool} could not be started: {failure.Message}");
        }
    }
}
