using System.Globalization;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>How a cluster's changes leave it.</summary>
/// <param name="Command">A shell command; PostgreSQL runs it for each file of changes until it succeeds.</param>
/// <param name="Timeout">A file with any changes in it is ended after this long.</param>
internal sealed record Archiving(string Command, TimeSpan Timeout)
{
    /// <summary>The last files are kept although they are archived, since what is kept tells up to when.</summary>
    public string Conf => $"""

        archive_mode = on
        archive_command = '{Command}'
        archive_timeout = '{Timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}s'
        wal_keep_size = '32MB'

        """;
}
