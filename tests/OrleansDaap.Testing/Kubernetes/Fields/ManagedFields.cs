using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Fields;

/// <summary>Who owns what of one object: <c>metadata.managedFields</c>.</summary>
internal sealed class ManagedFields
{
    private readonly List<Entry> _entries;

    private ManagedFields(List<Entry> entries) => _entries = entries;

    public IReadOnlyList<Entry> Entries => _entries;

    public static ManagedFields Of(JsonObject? live) => new([.. (live?["metadata"]?["managedFields"] as JsonArray ?? []).OfType<JsonObject>().Select(Entry.FromJson)]);

    public Entry? Find(string manager, string operation, string? subresource) =>
        _entries.Find(entry => entry.Manager == manager && entry.Operation == operation && entry.Subresource == subresource);

    /// <summary>Gives a manager exactly these fields. An entry that stays the same keeps its time.</summary>
    public void Set(string manager, string operation, string? subresource, string apiVersion, FieldSet fields, DateTimeOffset now)
    {
        var before = Find(manager, operation, subresource);
        if (before is not null)
        {
            if (JsonNode.DeepEquals(before.Fields.ToJson(), fields.ToJson())) return;
            _entries.Remove(before);
        }

        if (!fields.IsEmpty)
        {
            _entries.Add(new Entry(manager, operation, subresource, apiVersion, now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), fields));
        }
    }

    /// <summary>Takes fields from everyone but one.</summary>
    public void TakeFromOthers(Func<Entry, bool> isOwner, FieldSet fields)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (isOwner(_entries[i])) continue;
            var rest = _entries[i].Fields.Except(fields);
            if (rest.IsEmpty) _entries.RemoveAt(i);
            else _entries[i] = _entries[i] with { Fields = rest };
        }
    }

    /// <summary>What anyone owns.</summary>
    public FieldSet All() => _entries.Aggregate(new FieldSet(), (all, entry) => all.Union(entry.Fields));

    public JsonArray ToJson() => new([.. _entries
        .OrderBy(entry => entry.Operation, StringComparer.Ordinal).ThenBy(entry => entry.Time, StringComparer.Ordinal)
        .ThenBy(entry => entry.Manager, StringComparer.Ordinal).ThenBy(entry => entry.Subresource, StringComparer.Ordinal)
        .Select(JsonNode (entry) => entry.ToJson())]);

    /// <param name="Manager">Who.</param>
    /// <param name="Operation"><c>Apply</c> or <c>Update</c>.</param>
    /// <param name="Subresource">Null for the object itself.</param>
    /// <param name="ApiVersion">In which the fields are named.</param>
    /// <param name="Time">Of the last change, to the second.</param>
    /// <param name="Fields">What.</param>
    internal sealed record Entry(string Manager, string Operation, string? Subresource, string ApiVersion, string Time, FieldSet Fields)
    {
        public static Entry FromJson(JsonObject json) => new(
            json["manager"]!.GetValue<string>(),
            json["operation"]!.GetValue<string>(),
            json["subresource"]?.GetValue<string>(),
            json["apiVersion"]!.GetValue<string>(),
            json["time"]!.GetValue<string>(),
            FieldSet.FromJson(json["fieldsV1"]!.AsObject()));

        public JsonObject ToJson()
        {
            var json = new JsonObject
            {
                ["apiVersion"] = ApiVersion,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = Fields.ToJson(),
                ["manager"] = Manager,
                ["operation"] = Operation,
            };
            if (Subresource is not null) json["subresource"] = Subresource;
            json["time"] = Time;
            return json;
        }
    }
}
