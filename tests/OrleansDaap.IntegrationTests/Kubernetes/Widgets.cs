using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.Kubernetes;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A kind of the tests' own, so that they need no definitions from elsewhere.</summary>
internal static class Widgets
{
    public const string Namespace = "daap-team-a";

    private const string Definition = """
        spec:
          group: tests.daap.io
          scope: Namespaced
          names: {kind: Widget, plural: widgets}
          versions:
          - name: v1
            served: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [size]
                    properties:
                      size: {type: integer, minimum: 1, maximum: 9}
                      colour: {type: string, enum: [red, blue], default: blue}
                      name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
                      parts:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [name]
                        items: {type: object, required: [name], properties: {name: {type: string}, count: {type: integer}}}
                      limit: {x-kubernetes-int-or-string: true}
                  status:
                    type: object
                    properties: {phase: {type: string}}
        """;

    /// <summary>As a real API server takes it.</summary>
    public static string FullDefinition { get; } = $"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: widgets.tests.daap.io
        {Definition.Replace("    served: true", "    served: true\n    storage: true", StringComparison.Ordinal)}
        """;

    public static IReadOnlyList<ServedKind> Served { get; } = [.. CustomKinds.FromText(Definition)];

    public static ResourceKind Kind { get; } = new("tests.daap.io", "v1", "widgets", "Widget");

    public static ObjectKey Key(string name) => new(Namespace, name);

    public static JsonObject Manifest(string name, int size = 1, JsonObject? labels = null, JsonObject? spec = null)
    {
        spec ??= [];
        spec["size"] = size;
        return new JsonObject
        {
            ["apiVersion"] = Kind.ApiVersion,
            ["kind"] = Kind.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace, ["labels"] = labels ?? [] },
            ["spec"] = spec,
        };
    }

    public static JsonObject Phase(string phase) => new() { ["status"] = new JsonObject { ["phase"] = phase } };
}
