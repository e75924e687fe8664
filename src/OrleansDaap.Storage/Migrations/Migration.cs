using System.Security.Cryptography;
using System.Text;

namespace OrleansDaap.Storage.Migrations;

/// <summary>One step of the schema, numbered within its set: <c>0001_grain_state</c> of ours, <c>orleans/0001_cluster</c> of the Orleans mode's.</summary>
internal sealed record Migration(string Name, string Sql)
{
    private const string Folder = "sql/";

    /// <summary>The set that a migration's name says it belongs to; empty for ours, which every server has.</summary>
    public static string SetOf(string name) => name[..(name.LastIndexOf('/') + 1)];

    /// <summary>Line ends do not count: a checkout may change them.</summary>
    public string Checksum =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The migrations in this assembly, set by set, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        .. ReadAll().OrderBy(migration => SetOf(migration.Name), StringComparer.Ordinal).ThenBy(migration => migration.Name, StringComparer.Ordinal),
    ];

    private static IEnumerable<Migration> ReadAll()
    {
        var assembly = typeof(Migration).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return new Migration(resource[Folder.Length..^".sql".Length], reader.ReadToEnd());
        }
    }
}
