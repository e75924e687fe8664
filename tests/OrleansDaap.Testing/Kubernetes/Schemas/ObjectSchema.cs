using OrleansDaap.CloudNativePg.Kubernetes.Configuration;

namespace OrleansDaap.Testing.Kubernetes.Schemas;

/// <summary>What all objects have, whatever their kind.</summary>
internal static class ObjectSchema
{
    private static readonly Schema Text = Schema.From(YamlText.Parse("{type: string}")!.AsObject());

    private static readonly Schema Metadata = Schema.From(YamlText.Parse("""
        type: object
        properties:
          name: {type: string}
          namespace: {type: string}
          generateName: {type: string}
          uid: {type: string}
          resourceVersion: {type: string}
          generation: {type: integer}
          selfLink: {type: string}
          creationTimestamp: {type: string, nullable: true}
          deletionTimestamp: {type: string, nullable: true}
          deletionGracePeriodSeconds: {type: integer, nullable: true}
          labels: {type: object, additionalProperties: {type: string}}
          annotations: {type: object, additionalProperties: {type: string}}
          finalizers: {type: array, x-kubernetes-list-type: set, items: {type: string}}
          ownerReferences:
            type: array
            x-kubernetes-list-type: map
            x-kubernetes-list-map-keys: [uid]
            items:
              type: object
              x-kubernetes-map-type: atomic
              required: [apiVersion, kind, name, uid]
              properties:
                apiVersion: {type: string}
                kind: {type: string}
                name: {type: string}
                uid: {type: string}
                controller: {type: boolean}
                blockOwnerDeletion: {type: boolean}
          managedFields: {type: array, items: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """)!.AsObject());

    public static Schema Complete(Schema kind) => kind.With("apiVersion", Text).With("kind", Text).With("metadata", Metadata);
}
