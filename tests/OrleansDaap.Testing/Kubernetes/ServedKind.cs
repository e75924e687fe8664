using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.Kubernetes.Schemas;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>A kind that the test API server serves.</summary>
internal sealed record ServedKind
{
    public required ResourceKind Kind { get; init; }

    /// <summary>Of the whole object.</summary>
    public required Schema Schema { get; init; }

    /// <summary>From a definition, and not built in.</summary>
    public bool IsCustom { get; init; }

    /// <summary>Its status is written at a path of its own only.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether its objects count the changes of what is wanted.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>What the API server itself adds to an object that is written.</summary>
    public Action<JsonObject> Complete { get; init; } = _ => { };
}
