using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.Testing.Kubernetes.Storage;

/// <summary>An object as it was from one revision to the next; kept as it goes over the wire.</summary>
internal sealed class StoredVersion
{
    public StoredVersion(ObjectKey key, long revision, JsonObject json)
    {
        Key = key;
        Revision = revision;
        Utf8 = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(json);
        Labels = (json["metadata"]?["labels"] as JsonObject ?? []).ToDictionary(label => label.Key, label => label.Value?.ToString() ?? "");
        IsDeleting = json["metadata"]?["deletionTimestamp"] is not null;
    }

    public ObjectKey Key { get; }

    public long Revision { get; }

    public ReadOnlyMemory<byte> Utf8 { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public bool IsDeleting { get; }

    /// <summary>A copy to change.</summary>
    public JsonObject ToJson() => JsonNode.Parse(Utf8.Span)!.AsObject();
}
