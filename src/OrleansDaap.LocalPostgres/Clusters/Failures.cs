using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Puts a failure of any step into words: a code to branch on and what would mend it.</summary>
internal static class Failures
{
    private const int NoSpace = 28;

    /// <summary>Null for a failure that is nobody's to act on but ours.</summary>
    public static (string Code, string Message)? Describe(Exception failure) => failure switch
    {
        // Another disk, which says so itself.
        ClusterFailureException { Code: "repository-full" } known => (known.Code, known.Message),
        _ when IsDiskFull(failure) => ("disk-full", "The disk under the data directory is full; free some space. " + Detail(failure)),
        ClusterFailureException known => (known.Code, known.Message),
        ToolFailedException tool when tool.Message.Contains("could not access file \"pgaudit\"", StringComparison.Ordinal) =>
            ("pgaudit-not-installed", "PostgreSQL's pgaudit extension is not installed for this major version; install it (Debian: postgresql-<major>-pgaudit)."),
        ToolFailedException tool => ("tool-failed", tool.Message),
        UnauthorizedAccessException or IOException => ("data-directory-unusable", "The data directory could not be read or written: " + failure.Message),
        _ => null,
    };

    public static bool IsDiskFull(string text) =>
        text.Contains("No space left on device", StringComparison.Ordinal) || text.Contains("Disk quota exceeded", StringComparison.Ordinal);

    private static bool IsDiskFull(Exception failure) =>
        (failure is IOException && (failure.HResult & 0xFFFF) == NoSpace) || IsDiskFull(failure.Message);

    private static string Detail(Exception failure) => failure is IOException ? "" : "PostgreSQL said: " + failure.Message;
}
