using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>What a cluster's data directory tells of its archiver, running or not: a look at one small directory.</summary>
/// <param name="Waiting">The files of changes that are complete and not archived yet, oldest first.</param>
/// <param name="ArchivedUpTo">When the last file that is archived was complete: what committed before lies in it or in one before it.</param>
/// <param name="CompleteUpTo">The same, of the last file that is archived or could be: one that waits, and is there.</param>
internal sealed record ArchiveStatus(IReadOnlyList<string> Waiting, DateTimeOffset? ArchivedUpTo, DateTimeOffset? CompleteUpTo)
{
    private const int SegmentName = 24;

    public static ArchiveStatus Read(string pgdata)
    {
        var directory = new DirectoryInfo(Path.Combine(pgdata, "pg_wal", "archive_status"));
        if (!directory.Exists) return new ArchiveStatus([], null, null);
        var files = directory.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        var waiting = files.Where(file => file.Extension == ".ready").ToArray();
        // Renamed from .ready, which keeps the time.
        var archived = Latest(files.Where(file => file.Extension == ".done"));
        var there = Latest(waiting.Where(file => ControlFile.IsWhole(pgdata) && File.Exists(Path.Combine(directory.Parent!.FullName, Path.GetFileNameWithoutExtension(file.Name)))));
        return new ArchiveStatus(
            [.. waiting.Select(file => Path.GetFileNameWithoutExtension(file.Name))],
            archived,
            archived is null || there > archived ? there : archived);
    }

    /// <summary>Of a cluster that was stopped in order and is about to start: nothing was committed after its last file until then.</summary>
    public static void Prolong(string pgdata, DateTimeOffset upTo)
    {
        var directory = new DirectoryInfo(Path.Combine(pgdata, "pg_wal", "archive_status"));
        if (!directory.Exists) return;
        var last = directory.EnumerateFiles()
            .Where(file => file.Extension is ".ready" or ".done" && Path.GetFileNameWithoutExtension(file.Name).Length == SegmentName)
            .MaxBy(file => file.Name, StringComparer.Ordinal);
        if (last is not null && last.LastWriteTimeUtc < upTo.UtcDateTime) last.LastWriteTimeUtc = upTo.UtcDateTime;
    }

    private static DateTimeOffset? Latest(IEnumerable<FileInfo> files) => files.Where(file => Path.GetFileNameWithoutExtension(file.Name).Length == SegmentName)
        .Select(TimeOf).OfType<DateTimeOffset>().OrderDescending().Cast<DateTimeOffset?>().FirstOrDefault();

    // PostgreSQL may rename or remove it at any moment.
    private static DateTimeOffset? TimeOf(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero) : null;
    }
}
