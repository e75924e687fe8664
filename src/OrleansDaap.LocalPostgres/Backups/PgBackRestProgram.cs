using Microsoft.Extensions.Options;
using OrleansDaap.LocalPostgres.Clusters;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Finds pgBackRest.</summary>
internal sealed class PgBackRestProgram(IOptions<BackupOptions> options)
{
    /// <summary>Throws when it is not installed.</summary>
    public string Find()
    {
        var candidates = options.Value.PgBackRest is { } named
            ? [named]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Concat(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]).Select(directory => Path.Combine(directory, "pgbackrest"));
        return candidates.FirstOrDefault(path => Path.IsPathRooted(path) && File.Exists(path)) ?? throw new ClusterFailureException(
            "pgbackrest-not-installed", "The tier has backups, and pgBackRest is not installed on this machine. Install it, or name the program in Daap:Local:Backup:PgBackRest.");
    }
}
