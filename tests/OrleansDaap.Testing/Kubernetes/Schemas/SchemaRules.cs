using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>
/// The CEL rules of the definitions, by their text: those that what this project writes could break. Any other is taken to hold; a real API
/// server evaluates them all.
/// </summary>
internal static class SchemaRules
{
    private static readonly Dictionary<string, Func<JsonNode, JsonNode?, bool>> ByText = new()
    {
        ["!(has(self.imageCatalogRef) && has(self.imageName))"] = (self, _) => !(Has(self, "imageCatalogRef") && Has(self, "imageName")),
        ["!(has(self.image) && has(self.imageCatalogRef))"] = (self, _) => !(Has(self, "image") && Has(self, "imageCatalogRef")),
        ["!has(self.serverName)"] = (self, _) => !Has(self, "serverName"),
        ["self == oldSelf"] = (self, old) => old is null || JsonNode.DeepEquals(self, old),
        ["oldSelf == self"] = (self, old) => old is null || JsonNode.DeepEquals(self, old),
        ["self.name == oldSelf.name"] = (self, old) => old is null || JsonNode.DeepEquals(self["name"], old["name"]),
        ["self.kind == 'ImageCatalog' || self.kind == 'ClusterImageCatalog'"] = (self, _) => Text(self, "kind") is "ImageCatalog" or "ClusterImageCatalog",
        ["self.apiGroup == 'postgresql.cnpg.io'"] = (self, _) => Text(self, "apiGroup") == "postgresql.cnpg.io",
        ["self.name.size() != 0"] = (self, _) => Text(self, "name") is { Length: > 0 },
        ["self.all(e, self.filter(f, f.major==e.major).size() == 1)"] = (self, _) => AreDistinct(self, "major"),
        ["self.all(e, self.filter(f, f.key==e.key).size() == 1)"] = (self, _) => AreDistinct(self, "key"),
        ["self > 0"] = (self, _) => self.GetValueKind() == JsonValueKind.Number ? self.GetValue<double>() > 0 : true,
        ["self != ''"] = (self, _) => self.ToString().Length > 0,
    };

    public static bool Holds(string rule, JsonNode self, JsonNode? old) => !ByText.TryGetValue(rule.Trim(), out var holds) || holds(self, old);

    private static bool Has(JsonNode self, string name) => self is JsonObject map && map[name] is not null;

    private static string? Text(JsonNode self, string name) => self[name]?.GetValue<string>();

    private static bool AreDistinct(JsonNode list, string key) => list.AsArray().Select(item => item?[key]?.ToString()).Distinct().Count() == list.AsArray().Count;
}
