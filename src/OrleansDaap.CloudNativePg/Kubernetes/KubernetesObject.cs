using System.Globalization;
using System.Text.Json;

namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>
/// An object as the API server showed it. It never changes, so that a cache may hand it to anyone; what is to be written is made as a
/// <see cref="System.Text.Json.Nodes.JsonObject"/>.
/// </summary>
internal sealed class KubernetesObject
{
    public KubernetesObject(JsonElement json)
    {
        Json = json;
        Name = Text("metadata", "name") ?? "";
        Namespace = Text("metadata", "namespace");
        ResourceVersion = Text("metadata", "resourceVersion") ?? "";
    }

    /// <summary>All of it.</summary>
    public JsonElement Json { get; }

    public string Name { get; }

    /// <summary>Null for kinds of the whole cluster.</summary>
    public string? Namespace { get; }

    public ObjectKey Key => new(Namespace, Name);

    /// <summary>Tells this life of the name from an earlier one.</summary>
    public string Uid => Text("metadata", "uid") ?? "";

    /// <summary>Changes with every write; opaque.</summary>
    public string ResourceVersion { get; }

    /// <summary>Counts the changes of what is wanted; 0 for kinds without one.</summary>
    public long Generation => At("metadata", "generation") is { ValueKind: JsonValueKind.Number } generation ? generation.GetInt64() : 0;

    public DateTimeOffset? CreatedAt => Time("metadata", "creationTimestamp");

    /// <summary>When its deletion was asked for: it is there for as long as finalizers hold it.</summary>
    public DateTimeOffset? DeletionRequestedAt => Time("metadata", "deletionTimestamp");

    public JsonElement? Spec => At("spec");

    public JsonElement? Status => At("status");

    public string? Label(string name) => Text("metadata", "labels", name);

    public string? Annotation(string name) => Text("metadata", "annotations", name);

    /// <summary>
    /// Whether that manager's server-side apply set the annotation to what it is. The server keeps account: whoever else changes it takes it over.
    /// </summary>
    public bool OwnsAnnotation(string manager, string name)
    {
        if (At("metadata", "managedFields") is not { ValueKind: JsonValueKind.Array } entries) return false;
        foreach (var entry in entries.EnumerateArray())
        {
            if (Find(entry, ["manager"])?.GetString() == manager && Find(entry, ["operation"])?.GetString() == "Apply"
                && Find(entry, ["fieldsV1", "f:metadata", "f:annotations", $"f:{name}"]) is not null) return true;
        }

        return false;
    }

    /// <summary>The entry of that type in <c>status.conditions</c>.</summary>
    public ObjectCondition? Condition(string type)
    {
        if (At("status", "conditions") is not { ValueKind: JsonValueKind.Array } conditions) return null;
        foreach (var condition in conditions.EnumerateArray())
        {
            if (Find(condition, ["type"])?.GetString() == type)
            {
                return new ObjectCondition(
                    type,
                    Find(condition, ["status"])?.GetString() ?? "Unknown",
                    Find(condition, ["reason"])?.GetString(),
                    Find(condition, ["message"])?.GetString(),
                    ParseTime(Find(condition, ["lastTransitionTime"])));
            }
        }

        return null;
    }

    /// <summary>What lies at that path; null where there is nothing, or a null.</summary>
    public JsonElement? At(params ReadOnlySpan<string> path) => Find(Json, path);

    /// <summary>The string at that path; null where there is none.</summary>
    public string? Text(params ReadOnlySpan<string> path) =>
        Find(Json, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The integer at that path; null where there is none.</summary>
    public long? Number(params ReadOnlySpan<string> path) =>
        Find(Json, path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    /// <summary>The RFC 3339 time at that path; null where there is none.</summary>
    public DateTimeOffset? Time(params ReadOnlySpan<string> path) => ParseTime(Find(Json, path));

    // Never the object itself: it may be a secret.
    public override string ToString() => $"{Key} at {ResourceVersion}";

    private static DateTimeOffset? ParseTime(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text
        && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static JsonElement? Find(JsonElement from, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from)) return null;
        }

        return from.ValueKind == JsonValueKind.Null ? null : from;
    }
}
