namespace OrleansDaap.LocalPostgres.Files;

/// <summary>
/// Keeps a directory of logs within its size: PostgreSQL begins a new file at a size and reuses names after a week, which bounds
/// neither what a busy day writes nor what is left of it.
/// </summary>
internal static class LogPruner
{
    /// <summary>Ten of the files that <c>log_rotation_size</c> makes.</summary>
    public const long MostBytes = 100 * 1024 * 1024;

    /// <summary>
    /// Removes the oldest. The newest may be the one that is being written: PostgreSQL begins it anew at its next line, since one
    /// of that size is due for rotation.
    /// </summary>
    public static void Prune(string directory, long mostBytes = MostBytes)
    {
        if (!Directory.Exists(directory)) return;
        var kept = 0L;
        foreach (var (file, length, _) in Sizes(directory).OrderByDescending(entry => entry.Written))
        {
            kept += length;
            if (kept > mostBytes) File.Delete(file);
        }
    }

    private static List<(string File, long Length, DateTime Written)> Sizes(string directory)
    {
        var found = new List<(string, long, DateTime)>();
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("postgresql-*.log"))
        {
            // Its length and time are asked for late: it may be gone by then.
            if (file.Exists) found.Add((file.FullName, file.Length, file.LastWriteTimeUtc));
        }

        return found;
    }
}
