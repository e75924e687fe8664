using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>What a run has seen of the server, so that its requests meet what is there. It holds only what answers said.</summary>
internal sealed partial class World(Random random, IReadOnlySet<string> untouchable)
{
    /// <summary>Enough for variety; older ones are gone more often than not.</summary>
    private const int Kept = 16;

    private readonly Dictionary<string, List<string>> _seen = [];
    private int _names;

    public string Name(string prefix) => $"{prefix}-{++_names}";

    /// <summary>Something of a kind that was seen, or what stands for it until one was.</summary>
    public string Any(string kind, string otherwise) => _seen.TryGetValue(kind, out var known) ? known[random.Next(known.Count)] : otherwise;

    public void Learn(Operation operation, HttpResponseMessage response, JsonElement body)
    {
        if (response.Headers.ETag is { } tag)
            Add("etag", tag.ToString());
        if (body.ValueKind != JsonValueKind.Object)
            return;
        foreach (var item in body.TryGetProperty("items", out var items) ? items.EnumerateArray().ToList() : [body])
        {
            if (item.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && !untouchable.Contains(id.GetString()!))
                Add(KindOf(operation), id.GetString()!);
            if (item.TryGetProperty("operation", out var work) && work.ValueKind == JsonValueKind.String)
                Add("operation", work.GetString()!);
        }

        if (body.TryGetProperty("next_cursor", out var cursor) && cursor.ValueKind == JsonValueKind.String)
            Add("cursor", cursor.GetString()!);
    }

    /// <summary>What the id in an operation's path, or in its answer, names: from <c>create-api-key</c>, api-key.</summary>
    public static string KindOf(Operation operation) => operation.Path switch
    {
        "/databases/{id}/operations" => "operation",
        "/databases/{id}/backups" or "/databases/{id}/backups/{backup}" => "backup",
        _ => Kind().Match(operation.Path).Groups[1].Value,
    };

    private void Add(string kind, string value)
    {
        var known = _seen.TryGetValue(kind, out var list) ? list : _seen[kind] = [];
        if (known.Contains(value))
            return;
        if (known.Count == Kept)
            known.RemoveAt(0);
        known.Add(value);
    }

    [GeneratedRegex("^/(.+?)s?(/|$)")]
    private static partial Regex Kind();
}
