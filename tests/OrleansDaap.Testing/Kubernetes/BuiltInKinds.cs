using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.Testing.Kubernetes.Schemas;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>The kinds that every API server has and this project uses, with as much of their schemas.</summary>
internal static class BuiltInKinds
{
    private const string Schemas = """
        shared:
        - &texts {type: object, additionalProperties: {type: string}}
        - &anything {type: object, x-kubernetes-preserve-unknown-fields: true}
        - &selector
          type: object
          x-kubernetes-map-type: atomic
          properties:
            matchLabels: *texts
            matchExpressions:
              type: array
              items:
                type: object
                required: [key, operator]
                properties: {key: {type: string}, operator: {type: string}, values: {type: array, items: {type: string}}}
        - &peers
          type: array
          items:
            type: object
            properties:
              podSelector: *selector
              namespaceSelector: *selector
              ipBlock:
                type: object
                required: [cidr]
                properties: {cidr: {type: string}, except: {type: array, items: {type: string}}}
        - &ports
          type: array
          items:
            type: object
            properties:
              protocol: {type: string, enum: [TCP, UDP, SCTP], default: TCP}
              port: {x-kubernetes-int-or-string: true}
              endPort: {type: integer}
        namespaces: {type: object, properties: {spec: {type: object, properties: {finalizers: {type: array, items: {type: string}}}}, status: *anything}}
        secrets: {type: object, properties: {data: *texts, stringData: *texts, type: {type: string}, immutable: {type: boolean}}}
        configmaps: {type: object, properties: {data: *texts, binaryData: *texts, immutable: {type: boolean}}}
        services: {type: object, properties: {spec: *anything, status: *anything}}
        rolebindings:
          type: object
          properties: {roleRef: *anything, subjects: {type: array, items: *anything}}
        pods: {type: object, properties: {spec: *anything, status: *anything}}
        networkpolicies:
          type: object
          properties:
            status: *anything
            spec:
              type: object
              required: [podSelector]
              properties:
                podSelector: *selector
                policyTypes: {type: array, items: {type: string, enum: [Ingress, Egress]}}
                ingress: {type: array, items: {type: object, properties: {from: *peers, ports: *ports}}}
                egress: {type: array, items: {type: object, properties: {to: *peers, ports: *ports}}}
        """;

    public static IReadOnlyList<ServedKind> All { get; } =
    [
        Serve(ResourceKind.Namespace, hasStatus: true, hasGeneration: false, CompleteNamespace),
        Serve(ResourceKind.Secret, hasStatus: false, hasGeneration: false, CompleteSecret),
        Serve(new ResourceKind("", "v1", "configmaps", "ConfigMap"), hasStatus: false, hasGeneration: false, _ => { }),
        Serve(new ResourceKind("", "v1", "services", "Service"), hasStatus: true, hasGeneration: false, _ => { }),
        Serve(new ResourceKind("", "v1", "pods", "Pod"), hasStatus: true, hasGeneration: false, _ => { }),
        Serve(new ResourceKind("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"), hasStatus: false, hasGeneration: false, _ => { }),
        Serve(ResourceKind.NetworkPolicy, hasStatus: true, hasGeneration: true, CompleteNetworkPolicy),
    ];

    private static ServedKind Serve(ResourceKind kind, bool hasStatus, bool hasGeneration, Action<JsonObject> complete) => new()
    {
        Kind = kind,
        Schema = ObjectSchema.Complete(Schema.From(YamlText.Parse(Schemas)![kind.Plural]!.AsObject())),
        HasStatus = hasStatus,
        HasGeneration = hasGeneration,
        Complete = complete,
    };

    private static void CompleteNamespace(JsonObject @namespace)
    {
        var metadata = @namespace["metadata"]!.AsObject();
        if (metadata["labels"] is not JsonObject) metadata["labels"] = new JsonObject();
        metadata["labels"]!["kubernetes.io/metadata.name"] = metadata["name"]!.DeepClone();
        if (@namespace["spec"] is not JsonObject) @namespace["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        if (@namespace["status"] is not JsonObject { Count: > 0 }) @namespace["status"] = new JsonObject { ["phase"] = "Active" };
    }

    private static void CompleteSecret(JsonObject secret)
    {
        if (secret["stringData"] is JsonObject plain)
        {
            var data = secret["data"] as JsonObject ?? [];
            foreach (var (name, value) in plain) data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value!.GetValue<string>()));
            secret.Remove("stringData");
            secret["data"] = data;
        }

        secret["type"] ??= "Opaque";
    }

    private static void CompleteNetworkPolicy(JsonObject policy)
    {
        policy["status"] ??= new JsonObject();
        if (policy["spec"] is JsonObject spec && spec["policyTypes"] is null)
        {
            spec["policyTypes"] = spec.ContainsKey("egress") ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
        }
    }
}
