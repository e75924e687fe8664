using System.Buffers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres;

internal sealed class LocalPostgresOptions
{
    /// <summary>Everything on disk: <c>Daap:DataDirectory</c>.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>The ports given to databases and their poolers.</summary>
    public string PortRange { get; set; } = "15432-16431";

    /// <summary>PostgreSQL's binary directories; empty: they are looked for where packages put them, and on PATH.</summary>
    public IReadOnlyList<string> PostgresInstallations { get; set; } = [];

    /// <summary>The pgbouncer program; null: it is looked for on PATH and in the system's directories.</summary>
    public string? PgBouncer { get; set; }

    /// <summary>The user the tools run as when the server is root.</summary>
    public string RunAs { get; set; } = "postgres";

    /// <summary>What clients connect to, and what stands in the certificates besides localhost and 127.0.0.1.</summary>
    public string Host { get; set; } = "127.0.0.1";

    public void Read(IConfiguration configuration)
    {
        var local = configuration.GetSection("Daap:Local");
        DataDirectory = configuration["Daap:DataDirectory"] ?? DataDirectory;
        PortRange = local["PortRange"] ?? PortRange;
        PostgresInstallations = [.. local.GetSection("PostgresInstallations").GetChildren().Select(child => child.Value ?? "")];
        PgBouncer = local["PgBouncer"];
        RunAs = local["RunAs"] ?? RunAs;
        Host = local["Host"] ?? Host;
    }
}

internal sealed class LocalPostgresOptionsValidator : IValidateOptions<LocalPostgresOptions>
{
    // Characters that mean something in postgresql.conf, pgbouncer.ini, a connection string or the shell that pg_ctl starts.
    internal static readonly SearchValues<char> Troublesome = SearchValues.Create("'\"`$\\;,%\n\r\t\0");

    public ValidateOptionsResult Validate(string? name, LocalPostgresOptions options)
    {
        var mistakes = Mistakes(options).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(LocalPostgresOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            yield return "Daap:DataDirectory: must name a directory.";
        }
        else
        {
            var full = Path.GetFullPath(options.DataDirectory);
            if (full.AsSpan().ContainsAny(Troublesome))
                yield return $"Daap:DataDirectory: {full} holds a character that PostgreSQL's files cannot carry (quotes, $ \\ ; , %).";
            // Where the sockets lie elsewhere this one's length is no matter.
            if (System.Text.Encoding.UTF8.GetByteCount(full) > ToolsDirectory.LongestPath && !HasToolsElsewhere(full, options.RunAs))
                yield return $"Daap:DataDirectory: {full} is too long: Unix sockets below it allow {ToolsDirectory.LongestPath} bytes.";
        }

        if (!LocalPostgres.PortRange.TryParse(options.PortRange, out _))
            yield return $"Daap:Local:PortRange: \"{options.PortRange}\" is not a range such as 15432-16431 within 1024-65535.";
        for (var i = 0; i < options.PostgresInstallations.Count; i++)
        {
            if (!Path.IsPathRooted(options.PostgresInstallations[i]))
                yield return $"Daap:Local:PostgresInstallations:{i}: \"{options.PostgresInstallations[i]}\" is not an absolute path of a directory with PostgreSQL's programs.";
        }

        if (options.PgBouncer is not null && !Path.IsPathRooted(options.PgBouncer))
            yield return $"Daap:Local:PgBouncer: \"{options.PgBouncer}\" is not the absolute path of a program.";
        if (Uri.CheckHostName(options.Host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            yield return $"Daap:Local:Host: \"{options.Host}\" is neither a host name nor an IPv4 address.";
        if (options.Host is "0.0.0.0")
            yield return "Daap:Local:Host: 0.0.0.0 is no address that a client can connect to; name one of this machine's.";
        if (ToolAccount.Find(options.RunAs) is null)
            yield return $"Daap:Local:RunAs: the server is root, PostgreSQL must not be, and there is no ordinary user \"{options.RunAs}\".";
    }

    private static bool HasToolsElsewhere(string data, string runAs) => ToolAccount.Find(runAs) is { } tools && ToolsDirectory.Find(data, tools) is not null;
}
