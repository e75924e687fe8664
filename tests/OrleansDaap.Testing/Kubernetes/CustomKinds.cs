using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.Testing.Kubernetes.Schemas;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Kinds from custom resource definitions, which the project does not ship: see <see cref="RequiresCnpgDefinitionsAttribute"/>.</summary>
internal static class CustomKinds
{
    // The largest takes a moment to read, and many tests want it.
    private static readonly ConcurrentDictionary<string, ServedKind[]> ByDirectory = new();

    public static IReadOnlyList<ServedKind> InDirectory(string directory) => ByDirectory.GetOrAdd(
        directory,
        static path => [.. Directory.EnumerateFiles(path, "*.yaml").Order(StringComparer.Ordinal).AsParallel().AsOrdered().SelectMany(file => FromText(File.ReadAllText(file)))]);

    /// <summary>Each served version of one definition.</summary>
    public static IEnumerable<ServedKind> FromText(string definition)
    {
        var spec = YamlText.Parse(definition)!["spec"]!;
        var names = spec["names"]!;
        foreach (var version in spec["versions"]!.AsArray().OfType<JsonObject>().Where(version => version["served"]!.GetValue<bool>()))
        {
            yield return new ServedKind
            {
                Kind = new ResourceKind(
                    spec["group"]!.GetValue<string>(),
                    version["name"]!.GetValue<string>(),
                    names["plural"]!.GetValue<string>(),
                    names["kind"]!.GetValue<string>(),
                    spec["scope"]!.GetValue<string>() == "Namespaced"),
                Schema = ObjectSchema.Complete(Schema.From(version["schema"]!["openAPIV3Schema"]!.AsObject())),
                IsCustom = true,
                HasGeneration = true,
                HasStatus = version["subresources"]?["status"] is not null,
            };
        }
    }
}
