namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>What a cluster's data directory tells of its archiver, running or not: a look at one small directory.</summary>
/// <param name="Waiting">The files of changes that are complete and not archived yet, oldest first.</param>
/// <param name="OldestWaitingSince">When the first of them was complete.</param>
/// <param name="ArchivedUpTo">When the last file that is archived was complete: what committed before lies in it or in one before it.</param>
internal sealed record ArchiveStatus(IReadOnlyList<string> Waiting, DateTimeOffset? OldestWaitingSince, DateTimeOffset? ArchivedUpTo)
{
    private const int SegmentName = 24;

    public static ArchiveStatus Read(string pgdata)
    {
        var directory = new DirectoryInfo(Path.Combine(pgdata, "pg_wal", "archive_status"));
        if (!directory.Exists) return new ArchiveStatus([], null, null);
        var files = directory.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        var waiting = files.Where(file => file.Extension == ".ready").ToArray();
        // Renamed from .ready, which keeps the time.
        var archived = files.Where(file => file.Extension == ".done" && file.Name.Length == SegmentName + 5).Select(TimeOf).OfType<DateTimeOffset>();
        return new ArchiveStatus(
            [.. waiting.Select(file => Path.GetFileNameWithoutExtension(file.Name))],
            waiting.Select(TimeOf).OfType<DateTimeOffset>().Order().Cast<DateTimeOffset?>().FirstOrDefault(),
            archived.OrderDescending().Cast<DateTimeOffset?>().FirstOrDefault());
    }

    // PostgreSQL may rename or remove it at any moment.
    private static DateTimeOffset? TimeOf(FileInfo file)
    {
        file.Refresh();
        return file.Exists ? new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero) : null;
    }
}
