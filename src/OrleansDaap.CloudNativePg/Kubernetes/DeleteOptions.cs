using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>How an object is deleted.</summary>
internal sealed record DeleteOptions
{
    /// <summary>Only this life of the name is deleted; a later one is refused with 409.</summary>
    public string? Uid { get; init; }

    /// <summary>Only this version is deleted.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>What becomes of the objects that it owns; null leaves that to the kind.</summary>
    public DeletePropagation? Propagation { get; init; }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1" };
        if (Propagation is { } propagation) json["propagationPolicy"] = propagation.ToString();
        var preconditions = new JsonObject();
        if (Uid is not null) preconditions["uid"] = Uid;
        if (ResourceVersion is not null) preconditions["resourceVersion"] = ResourceVersion;
        if (preconditions.Count > 0) json["preconditions"] = preconditions;
        return json;
    }
}
