using System.Security.Cryptography;
using System.Text;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>What a template is made of. Its fingerprint names the template, so that another recipe or a newer PostgreSQL makes a new one.</summary>
internal static class TemplateRecipe
{
    /// <summary>The platform's own role, reached over the Unix socket only.</summary>
    public const string Superuser = "postgres";


    /// <summary>Run in single-user mode, where every line is a statement.</summary>
    public const string RolesSql = """
        CREATE ROLE app LOGIN;
        CREATE DATABASE app OWNER app;
        REVOKE ALL ON DATABASE app FROM PUBLIC;
        REVOKE ALL ON DATABASE postgres FROM PUBLIC;
        REVOKE ALL ON DATABASE template1 FROM PUBLIC;

        """;

    public const string AppSql = """
        CREATE EXTENSION pgaudit;

        """;

    /// <summary>Synced by hand once it is whole, so not by initdb.</summary>
    public static IReadOnlyList<string> InitdbArguments { get; } =
    [
        "--username=" + Superuser, "--encoding=UTF8", OperatingSystem.IsMacOS() ? "--locale=C" : "--locale=C.UTF-8", "--data-checksums",
        "--auth-local=peer", "--auth-host=scram-sha-256", "--no-sync",
    ];

    public static string Fingerprint(PostgresInstallation installation)
    {
        var all = string.Join('\n', [installation.Version, installation.Directory, .. InitdbArguments, RolesSql, AppSql]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16];
    }
}
