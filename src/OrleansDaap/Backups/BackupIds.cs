using System.Globalization;
using OrleansDaap.Common;

namespace OrleansDaap.Backups;

/// <summary>Names backups and drills. Opaque to clients; they hold their database's id, so that finding one needs no table.</summary>
public static class BackupIds
{
    private const string BackupPrefix = "bk-";
    private const int DatabasePartLength = 26;

    /// <summary>One that the platform takes by itself.</summary>
    /// <param name="database">Whose backup.</param>
    /// <param name="number">One that no other backup of it is known to have.</param>
    /// <param name="archive">
    /// The generation that is to be archived with it: what was asked for before that, and forgotten with a server that was killed, has another name.
    /// </param>
    public static string Backup(DatabaseId database, int number, long? archive = null) => Backup(database, Part(number, archive));

    /// <summary>One that was asked for.</summary>
    /// <param name="database">Whose backup.</param>
    /// <param name="part">Letters and digits that no other backup of the database has.</param>
    public static string Backup(DatabaseId database, string part) => $"{BackupPrefix}{database.Value[3..]}-{part}";

    public static bool TryGetDatabase(string id, out DatabaseId database)
    {
        database = default;
        return id.Length > BackupPrefix.Length + DatabasePartLength
            && id.StartsWith(BackupPrefix, StringComparison.Ordinal)
            && DatabaseId.TryParse($"db-{id.AsSpan(BackupPrefix.Length, DatabasePartLength)}", out database);
    }

    internal static string Drill(DatabaseId database, int number, long? archive = null) => $"dr-{database.Value[3..]}-{Part(number, archive)}";

    private static string Part(int number, long? archive) =>
        archive is { } generation ? string.Create(CultureInfo.InvariantCulture, $"g{generation}-{number}") : number.ToString(CultureInfo.InvariantCulture);
}
