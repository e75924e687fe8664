using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansDaap.Storage.Migrations;

/// <summary>One numbered step of the schema: <c>sql/0001_grain_state.sql</c> is number 1.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    private const string Folder = "sql/";

    /// <summary>Line ends do not count: a checkout may change them.</summary>
    public string Checksum =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The migrations in this assembly, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [.. ReadAll().OrderBy(migration => migration.Number)];

    private static IEnumerable<Migration> ReadAll()
    {
        var assembly = typeof(Migration).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = Path.GetFileNameWithoutExtension(resource[Folder.Length..]);
            yield return new Migration(int.Parse(name.Split('_')[0], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
        }
    }
}
