using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

/// <summary>Objects as people review them.</summary>
internal static class ManifestText
{
    private static readonly ISerializer Yaml = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).WithIndentedSequences().WithNewLine("\n").Build();

    public static string Of(IEnumerable<JsonObject> objects) => string.Join("---\n", objects.Select(manifest => Yaml.Serialize(Plain(manifest)!)));

    private static object? Plain(JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => members.ToDictionary(member => member.Key, member => Plain(member.Value)),
        JsonArray items => items.Select(Plain).ToList(),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => node.GetValue<int>(),
            _ => node.GetValue<string>(),
        },
    };
}
