namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>
/// What PostgreSQL said while it started: on standard error until its own log takes over, then there. Only the lines that name a
/// failure are kept, because they go into an answer of the API and the log may quote a client's statement.
/// </summary>
internal sealed class StartLog
{
    private static readonly string[] Telling = ["FATAL:", "PANIC:", "HINT:", "DETAIL:", "could not ", "No space left"];
    private const int MostLines = 6;

    private readonly string _directory;
    private readonly Dictionary<string, long> _lengths;

    private StartLog(string directory, Dictionary<string, long> lengths) => (_directory, _lengths) = (directory, lengths);

    /// <summary>Standard error of the last start.</summary>
    public string ErrorFile => Path.Combine(_directory, "start.log");

    /// <summary>Remembers where the logs end now.</summary>
    public static StartLog Begin(string directory)
    {
        var log = new StartLog(directory, new DirectoryInfo(directory).EnumerateFiles("*.log").ToDictionary(file => file.FullName, file => file.Length));
        File.Delete(log.ErrorFile);
        log._lengths.Remove(log.ErrorFile);
        return log;
    }

    public string Tail()
    {
        var lines = new DirectoryInfo(_directory).EnumerateFiles("*.log").OrderBy(file => file.Name == "start.log" ? 0 : 1).SelectMany(NewLines);
        return string.Join('\n', lines.Where(line => Telling.Any(word => line.Contains(word, StringComparison.Ordinal))).TakeLast(MostLines));
    }

    private IEnumerable<string> NewLines(FileInfo file)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // A log that is shorter now was begun anew.
        if (_lengths.TryGetValue(file.FullName, out var end) && end <= stream.Length) stream.Position = end;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
