using System.Diagnostics;

namespace OrleansDaap.IntegrationTests.LocalPostgres;

/// <summary>Asks as a client would, with nothing but psql.</summary>
internal static class Psql
{
    public static async Task<(int ExitCode, string Output)> TryAsync(string connection, string query, string? passwordFile = null)
    {
        var start = new ProcessStartInfo("psql", ["-X", "-A", "-t", "-w", "-d", connection, "-c", query])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (passwordFile is not null) start.Environment["PGPASSFILE"] = passwordFile;
        using var psql = Process.Start(start)!;
        var output = psql.StandardOutput.ReadToEndAsync();
        var errors = psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        return (psql.ExitCode, (await output + await errors).Trim());
    }

    public static async Task<string> AskAsync(string connection, string query, string? passwordFile = null)
    {
        var (exitCode, output) = await TryAsync(connection, query, passwordFile);
        return exitCode == 0 ? output : throw new InvalidOperationException(output);
    }
}
