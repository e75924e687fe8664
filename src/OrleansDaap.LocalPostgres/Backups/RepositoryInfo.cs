using System.Globalization;
using System.Text.Json;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>What <c>pgbackrest info --output=json</c> says of one stanza.</summary>
/// <param name="Exists">The repository knows the database.</param>
/// <param name="Sets">Oldest first.</param>
/// <param name="LastWal">The last file of changes that is archived.</param>
/// <param name="PostgresMajor">Of the cluster that it backs up; 0 when it knows none.</param>
internal sealed record RepositoryInfo(bool Exists, IReadOnlyList<BackupSet> Sets, string? LastWal, int PostgresMajor = 0)
{
    /// <summary>The annotation with the request's id.</summary>
    public const string RequestKey = "request";

    private const int Ok = 0;
    private const int MissingPath = 1;
    private const int NoBackups = 2;
    private const int MissingData = 3;

    /// <summary>Throws a <see cref="ClusterFailureException"/> when the repository cannot be read.</summary>
    public static RepositoryInfo Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.GetArrayLength() == 0) return new RepositoryInfo(false, [], null);
        var stanza = document.RootElement[0];
        var status = stanza.GetProperty("repo").EnumerateArray().Select(repo => repo.GetProperty("status")).First();
        var code = status.GetProperty("code").GetInt32();
        if (code is MissingPath or MissingData) return new RepositoryInfo(false, [], null);
        if (code is not (Ok or NoBackups)) throw PgBackRestWords.Unavailable(status.GetProperty("message").GetString() ?? "");
        var archives = stanza.GetProperty("archive").EnumerateArray().ToArray();
        var last = archives.Length == 0 ? null : archives[^1].GetProperty("max").GetString();
        var databases = stanza.GetProperty("db").EnumerateArray().ToArray();
        var major = databases.Length == 0 ? 0 : int.Parse(databases[^1].GetProperty("version").GetString()!, CultureInfo.InvariantCulture);
        return new RepositoryInfo(true, [.. stanza.GetProperty("backup").EnumerateArray().Select(Set)], last, major);
    }

    private static BackupSet Set(JsonElement backup)
    {
        var times = backup.GetProperty("timestamp");
        return new BackupSet(
            backup.GetProperty("label").GetString()!,
            backup.TryGetProperty("annotation", out var notes) && notes.TryGetProperty(RequestKey, out var request) ? request.GetString() : null,
            backup.GetProperty("type").GetString() == "full" ? BackupType.Full : BackupType.Incremental,
            DateTimeOffset.FromUnixTimeSeconds(times.GetProperty("start").GetInt64()),
            DateTimeOffset.FromUnixTimeSeconds(times.GetProperty("stop").GetInt64() + 1),
            backup.GetProperty("info").GetProperty("repository").GetProperty("delta").GetInt64(),
            backup.GetProperty("archive").GetProperty("start").GetString()!,
            backup.GetProperty("archive").GetProperty("stop").GetString()!,
            backup.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.True or JsonValueKind.False ? error.GetBoolean() : null);
    }
}
