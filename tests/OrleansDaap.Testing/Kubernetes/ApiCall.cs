using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>A request about objects of one kind, understood.</summary>
internal sealed record ApiCall
{
    /// <summary>As in role rules: <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>.</summary>
    public required string Verb { get; init; }

    public required ServedKind Served { get; init; }

    /// <summary>Without a name for a whole collection; without a namespace for all of them.</summary>
    public required ObjectKey Key { get; init; }

    public string? Subresource { get; init; }

    public required IReadOnlyDictionary<string, string> Query { get; init; }

    public required string User { get; init; }

    /// <summary>Who is asking, by the <c>fieldManager</c> or else the user agent.</summary>
    public required string Manager { get; init; }

    public string? ContentType { get; init; }

    public JsonNode? Body { get; init; }

    public ResourceKind Kind => Served.Kind;

    public bool IsDryRun => Query.ContainsKey("dryRun");

    /// <summary>For tests that choose which requests fail.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete";

    public bool IsOn(ResourceKind kind, string? name = null) => Kind == kind && (name is null || Key.Name == name);
}
