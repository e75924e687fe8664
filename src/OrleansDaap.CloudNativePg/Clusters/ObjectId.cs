using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Which object of all.</summary>
internal readonly record struct ObjectId(ResourceKind Kind, ObjectKey Key)
{
    public static ObjectId Of(JsonObject manifest)
    {
        var metadata = manifest["metadata"]!;
        return new ObjectId(Kinds.Of(manifest), new ObjectKey(metadata["namespace"]?.GetValue<string>(), metadata["name"]!.GetValue<string>()));
    }

    public override string ToString() => $"{Kind.Kind} {Key}";
}
