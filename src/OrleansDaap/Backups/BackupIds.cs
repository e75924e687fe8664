using System.Globalization;
using OrleansDaap.Common;

namespace OrleansDaap.Backups;

/// <summary>Names backups and drills. Opaque to clients; they hold their database's id, so that finding one needs no table.</summary>
public static class BackupIds
{
    private const string BackupPrefix = "bk-";
    private const int DatabasePartLength = 26;

    /// <summary>One that the platform takes by itself.</summary>
    public static string Backup(DatabaseId database, int number) => Backup(database, number.ToString(CultureInfo.InvariantCulture));

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

    internal static string Drill(DatabaseId database, int number) => string.Create(CultureInfo.InvariantCulture, $"dr-{database.Value[3..]}-{number}");
}
