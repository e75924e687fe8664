using System.Globalization;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>How a cluster's changes leave it.</summary>
/// <param name="Command">A shell command; PostgreSQL runs it for each file of changes until it succeeds.</param>
/// <param name="Timeout">A file with any changes in it is ended after this long.</param>
internal sealed record Archiving(string Command, TimeSpan Timeout)
{
    private const string On = "archive_mode = on";

    /// <summary>Whether the settings in a data directory, which a server there runs with or is about to, make it archive.</summary>
    public static bool IsOn(string pgdata) =>
        Path.Combine(pgdata, "postgresql.conf") is var conf && File.Exists(conf) && File.ReadLines(conf).Contains(On, StringComparer.Ordinal);

    /// <summary>The last files are kept although they are archived, since what is kept tells up to when.</summary>
    public string Conf => $"""

        {On}
        archive_command = '{Command}'
        archive_timeout = '{Math.Max(1, Math.Floor(Timeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture)}s'
        wal_keep_size = '32MB'

        """;
}
