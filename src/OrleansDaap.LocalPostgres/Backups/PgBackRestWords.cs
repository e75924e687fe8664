using System.Globalization;
using System.Text.RegularExpressions;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Processes;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Puts what pgBackRest says into a reason that fits into an answer.</summary>
internal static partial class PgBackRestWords
{
    private const int Longest = 400;

    /// <summary>The code of a failure that is over when the clock has come to where it was before.</summary>
    public const string ClockBehind = "clock-behind-backups";

    /// <summary>What it says when it cannot reach, read or write the repository, whichever kind that is.</summary>
    private static readonly string[] AboutRepository =
    [
        "Permission denied", "Read-only file system", "Input/output error", "unable to find a valid repository", "unable to load info file", "missing stanza",
        "HostConnectError", "ServiceError", "ProtocolError", "CryptoError", "HTTP request failed", "unable to connect", "unable to get address", "timeout",
    ];

    /// <summary>The line with the error and the one after it, without what is not text: a file that cannot be deciphered is quoted.</summary>
    public static string Cut(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var error = Array.FindIndex(lines, line => line.Contains("ERROR:", StringComparison.Ordinal));
        var telling = string.Join(' ', lines.Skip(Math.Max(error, 0)).TakeWhile((line, at) => at == 0 || (at < 2 && !line.StartsWith("HINT", StringComparison.Ordinal))));
        var text = string.Concat(telling.Where(letter => letter is >= ' ' and <= '~'));
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }

    public static ClusterFailureException Unavailable(string said) => said switch
    {
        _ when Failures.IsDiskFull(said) => new("repository-full", $"The repository of the backups is full; free some space. pgBackRest said: {Cut(said)}"),
        _ when IsCipher(said) => new(
            BackupSettings.PassphraseWrong, "The repository is encrypted with another passphrase than the one in this database's settings, or is damaged. Bring the right one back; nothing else can read it."),
        _ => new("repository-unavailable", $"The repository of the backups cannot be used. pgBackRest said: {Cut(said)}"),
    };

    /// <param name="code">For what is not about the repository.</param>
    /// <param name="what">What was tried, as the beginning of a sentence.</param>
    /// <param name="result">Of pgBackRest.</param>
    public static ClusterFailureException Describe(string code, string what, ToolResult result)
    {
        var said = result.Errors + "\n" + result.Output;
        if (Newest(said) is { } newest) return new ClusterFailureException(ClockBehind, ClockBehindWords(newest));
        // What it only warned of may be about the cluster.
        if (Failures.IsDiskFull(said) || IsCipher(said) || AboutRepository.Any(word => Cut(said).Contains(word, StringComparison.Ordinal))) return Unavailable(said);
        return new ClusterFailureException(code, $"{what}. pgBackRest said: {(Cut(said) is { Length: > 0 } words ? words : $"nothing, and ended with {result.ExitCode}")}");
    }

    // Labels bear the time of the machine's zone, of the full backup and then of what builds on it.
    private static DateTimeOffset? Newest(string said) => NewestLabel().Match(said) is { Success: true } found
        ? DateTimeOffset.ParseExact(found.Groups[1].Value, "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal)
        : null;

    private static string ClockBehindWords(DateTimeOffset newest) => string.Create(
        CultureInfo.InvariantCulture,
        $"The clock is behind the newest backup, which was begun at {newest.UtcDateTime:O}: pgBackRest takes none that is not later. Set the clock right. If it is, and was ahead then, backups go on by themselves from that moment on; until then changes are archived and can be restored all the same.");

    [GeneratedRegex(@"is not later than latest backup label '(?:\d{8}-\d{6}F_)?(\d{8}-\d{6})[FDI]'")]
    private static partial Regex NewestLabel();

    // What comes first is deciphered to what is no text, or with one passphrase in 256 to what is none of its lines.
    private static bool IsCipher(string said) => said.Contains("unable to load info file", StringComparison.Ordinal)
        && (said.Contains("CryptoError", StringComparison.Ordinal) || said.Contains("FormatError: key/value found outside of section", StringComparison.Ordinal));
}
