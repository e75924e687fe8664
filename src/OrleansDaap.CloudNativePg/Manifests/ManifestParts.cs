using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The parts that all objects have.</summary>
internal static class ManifestParts
{
    public const string Postgres = "postgresql.cnpg.io/v1";
    public const string BarmanCloud = "barmancloud.cnpg.io/v1";
    public const string Networking = "networking.k8s.io/v1";
    public const string Core = "v1";

    public static JsonObject Of(string apiVersion, string kind, string? ns, string name, JsonObject labels, JsonObject? annotations = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null) metadata["namespace"] = ns;
        metadata["labels"] = labels;
        if (annotations is not null) metadata["annotations"] = annotations;
        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }

    public static JsonObject WithSpec(this JsonObject manifest, JsonObject spec)
    {
        manifest["spec"] = spec;
        return manifest;
    }

    public static JsonObject Reference(string name) => new() { ["name"] = name };

    public static JsonObject Reference(string name, string key) => new() { ["name"] = name, ["key"] = key };
}
