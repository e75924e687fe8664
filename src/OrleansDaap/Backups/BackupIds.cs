using System.Globalization;
using OrleansDaap.Common;

namespace OrleansDaap.Backups;

/// <summary>Names backups and drills. Opaque to clients; a number per database, so that no two of a repository are the same.</summary>
internal static class BackupIds
{
    public static string Backup(DatabaseId database, int number) => Name("bk", database, number);

    public static string Drill(DatabaseId database, int number) => Name("dr", database, number);

    private static string Name(string prefix, DatabaseId database, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{database.Value[3..]}-{number}");
}
