using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>The PostgreSQL majors on this machine. It looks again each time, so that what is installed later is found.</summary>
internal sealed class PostgresInstallations(IOptions<LocalPostgresOptions> options, ToolRunner tools)
{
    /// <summary>The oldest major that has all that the clusters are made with.</summary>
    private const int OldestMajor = 15;

    /// <summary>It only prints its version; one that does not is no PostgreSQL.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Program, DateTime Written), PostgresInstallation?> _known = new();

    /// <summary>The highest minor of each major, ascending.</summary>
    public async Task<IReadOnlyList<PostgresInstallation>> ListAsync(CancellationToken cancellationToken)
    {
        var found = await ReadAllAsync(Named(), cancellationToken);
        // What stands on PATH may be a wrapper of anyone's: it only counts for majors that are nowhere else.
        if (options.Value.PostgresInstallations.Count == 0)
            found.AddRange((await ReadAllAsync(OnPath(), cancellationToken)).Where(stray => found.TrueForAll(real => real.Major != stray.Major)));
        return [.. found.GroupBy(i => i.Major).Select(g => g.MaxBy(i => Minor(i.Version))!).OrderBy(i => i.Major)];
    }

    public async Task<PostgresInstallation> FindAsync(int major, CancellationToken cancellationToken)
    {
        var all = await ListAsync(cancellationToken);
        return all.FirstOrDefault(i => i.Major == major) ?? throw new ClusterFailureException(
            "postgres-not-installed",
            $"PostgreSQL {major} is not installed on this machine (installed: {(all.Count == 0 ? "none" : string.Join(", ", all.Select(i => i.Version)))}). "
            + "Install it, or name its programs' directory in Daap:Local:PostgresInstallations.");
    }

    private IEnumerable<string> Named() => options.Value.PostgresInstallations is { Count: > 0 } named
        ? named
        : Below("/usr/lib/postgresql", "*").Concat(Below("/opt/homebrew/opt", "postgresql@*")).Concat(Below("/usr/local/opt", "postgresql@*"));

    // The tools run in another directory, so one that is not absolute is another for them.
    private static IEnumerable<string> OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted);

    private static IEnumerable<string> Below(string parent, string pattern) =>
        Directory.Exists(parent) ? Directory.EnumerateDirectories(parent, pattern).Select(d => Path.Combine(d, "bin")) : [];

    private async Task<List<PostgresInstallation>> ReadAllAsync(IEnumerable<string> directories, CancellationToken cancellationToken)
    {
        var found = new List<PostgresInstallation>();
        foreach (var directory in directories.Distinct())
        {
            if (await ReadAsync(directory, cancellationToken) is { Major: >= OldestMajor } installation) found.Add(installation);
        }

        return found;
    }

    private async Task<PostgresInstallation?> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        var program = Path.Combine(directory, "postgres");
        if (!File.Exists(program) || !File.Exists(Path.Combine(directory, "initdb")) || !File.Exists(Path.Combine(directory, "pg_ctl"))) return null;
        var key = (program, File.GetLastWriteTimeUtc(program));
        if (_known.TryGetValue(key, out var known)) return known;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            var result = await tools.TryAsync(program, ["--version"], timeout.Token);
            // What failed may do better the next time.
            return result.ExitCode == 0 ? _known[key] = Parse(result.Output, directory) : null;
        }
        catch (Exception failure) when (failure is ToolFailedException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Reads <c>postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)</c>; null for anything else, such as a beta.</summary>
    internal static PostgresInstallation? Parse(string output, string directory)
    {
        var words = output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words is ["postgres", "(PostgreSQL)", var version, ..] && System.Version.TryParse(version, out var parsed)
            ? new PostgresInstallation(parsed.Major, version, directory)
            : null;
    }

    private static int Minor(string version) => int.Parse(version.AsSpan(version.IndexOf('.') + 1), CultureInfo.InvariantCulture);
}
