using System.Globalization;
using OrleansDaap.Common;

namespace OrleansDaap.Databases;

/// <summary>Names an operation. Opaque to clients; it holds its database's id, so that finding it needs no table.</summary>
public static class OperationId
{
    private const string Prefix = "op-";

    public static string Of(DatabaseId database, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{database.Value[3..]}-{number}");

    public static bool TryGetDatabase(string id, out DatabaseId database)
    {
        database = default;
        var dash = id.LastIndexOf('-');
        return id.StartsWith(Prefix, StringComparison.Ordinal) && dash > Prefix.Length && DatabaseId.TryParse($"db-{id[Prefix.Length..dash]}", out database);
    }
}
