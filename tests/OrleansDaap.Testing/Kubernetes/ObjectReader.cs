using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansDaap.Testing.Kubernetes.Storage;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Gets and lists.</summary>
internal sealed class ObjectReader(ObjectStore store)
{
    public ApiAnswer Get(ApiCall call) =>
        new(200, (store.Find(call.Kind, call.Key) ?? throw Refusal.NotFound(call.Kind, call.Key.Name)).Utf8);

    public ApiAnswer List(ApiCall call)
    {
        var token = call.Query.GetValueOrDefault("continue") is { Length: > 0 } text ? ContinueToken.Parse(text) : null;
        var (objects, revision) = token is null
            ? store.Snapshot(call.Kind)
            : (store.SnapshotAt(call.Kind, token.Revision) ?? throw Refusal.Of(410, "Expired", "The provided continue parameter is too old to display a consistent list result."), token.Revision);
        var selector = LabelSelector.Parse(call.Query.GetValueOrDefault("labelSelector"));
        var after = token?.KeyIn(call.Key.Namespace);
        var matching = objects.Values.Where(found => (call.Key.Namespace is null || found.Key.Namespace == call.Key.Namespace) && selector.Matches(found.Labels));
        var left = (after is { } last ? matching.SkipWhile(found => objects.KeyComparer.Compare(found.Key, last) <= 0) : matching).ToArray();

        // A list from the cache of the API server ("0") does not heed the limit.
        var limit = call.Query.TryGetValue("limit", out var asked) && call.Query.GetValueOrDefault("resourceVersion") != "0" ? int.Parse(asked, CultureInfo.InvariantCulture) : 0;
        var page = limit > 0 ? left[..Math.Min(limit, left.Length)] : left;
        return new ApiAnswer(200, Write(call, page, revision, left.Length - page.Length, selector.IsEmpty));
    }

    private static ReadOnlyMemory<byte> Write(ApiCall call, StoredVersion[] page, long revision, int remaining, bool countsRemaining)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + page.Sum(found => found.Utf8.Length + 1));
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("apiVersion", call.Kind.ApiVersion);
        json.WriteStartArray("items");
        foreach (var found in page) json.WriteRawValue(found.Utf8.Span, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteString("kind", $"{call.Kind.Kind}List");
        json.WriteStartObject("metadata");
        if (remaining > 0)
        {
            json.WriteString("continue", ContinueToken.Of(revision, page[^1].Key, call.Key.Namespace).ToString());
            if (countsRemaining) json.WriteNumber("remainingItemCount", remaining);
        }
        else if (call.Served.IsCustom)
        {
            json.WriteString("continue", "");
        }

        json.WriteString("resourceVersion", Encoding.UTF8.GetBytes($"{revision}"));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
