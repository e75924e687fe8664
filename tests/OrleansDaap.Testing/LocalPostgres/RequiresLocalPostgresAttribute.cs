using OrleansDaap.Testing.Xunit;

namespace OrleansDaap.Testing.LocalPostgres;

/// <summary>The tests of the class start real PostgreSQL, PgBouncer and psql.</summary>
public sealed class RequiresLocalPostgresAttribute : DependencyAttribute
{
    public override string? FindMissing()
    {
        if (!Directory.Exists("/usr/lib/postgresql") && !OnPath("postgres") && !Directory.Exists("/opt/homebrew/opt"))
            return "PostgreSQL 15 or newer is not installed.";
        return OnPath("psql") && (OnPath("pgbouncer") || File.Exists("/usr/sbin/pgbouncer")) ? null : "psql or pgbouncer is not installed.";
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(d => File.Exists(Path.Combine(d, program)));
}
