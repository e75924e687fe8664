using System.Text.Json.Serialization;

namespace OrleansDaap.Common;

/// <summary>
/// Names one database for ever: <c>db-</c> and 26 lower-case letters and digits. Also the Kubernetes resource name and the
/// directory name of its cluster, so it needs no escaping anywhere. Later ids sort after earlier ones.
/// </summary>
[GenerateSerializer, Immutable, Alias("daap.database-id"), JsonConverter(typeof(DatabaseIdConverter))]
public readonly record struct DatabaseId([property: Id(0)] string Value)
{
    private const string Prefix = "db-";

    public static DatabaseId New(DateTimeOffset now) => From(SortableId.New(now));

    /// <summary>The id with these 26 letters and digits.</summary>
    public static DatabaseId From(string sortable) => new(Prefix + sortable);

    /// <summary>Parses what a client sent; false for anything that no database was ever named.</summary>
    public static bool TryParse(string? text, out DatabaseId id)
    {
        id = new DatabaseId(text ?? "");
        return text is not null && text.StartsWith(Prefix, StringComparison.Ordinal) && SortableId.IsWellFormed(text.AsSpan(Prefix.Length));
    }

    public override string ToString() => Value;
}
