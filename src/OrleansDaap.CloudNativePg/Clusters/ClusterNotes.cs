using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Provisioning;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>
/// What we write down on a <c>Cluster</c> itself, in the same write that makes it so. All its other objects follow from the spec, so that a
/// server that was just started knows what each of 5,000 databases should be like, and sends no request when it is so.
/// </summary>
/// <param name="Spec">What was applied last.</param>
/// <param name="Recovery">What was settled once about where its data came from.</param>
/// <param name="CaUntil">When the CA's certificate ends that the owner was given last; null: none was.</param>
internal sealed record ClusterNotes(ClusterSpec Spec, RecoveryNote? Recovery, string? CaUntil)
{
    public const string SpecAnnotation = "daap.io/spec";
    public const string RecoveryAnnotation = "daap.io/recovery";
    public const string CaAnnotation = "daap.io/ca-until";

    /// <summary>Null when there are none, or somebody wrote them who is no server of ours: the spec has to be applied again.</summary>
    public static ClusterNotes? Of(KubernetesObject? cluster)
    {
        try
        {
            // Whoever edits it by hand would else have any later generation followed, by this server and by the next.
            if (cluster?.OwnsAnnotation(KubernetesClient.FieldManager, SpecAnnotation) != true) return null;
            if (cluster.Annotation(SpecAnnotation) is not { } text || JsonSerializer.Deserialize<ClusterSpec>(text) is not { } spec) return null;
            // A copy of another's would make two of one.
            return spec.Id.Value != cluster.Name ? null : new ClusterNotes(spec, RecoveryOf(cluster), CaOf(cluster));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static RecoveryNote? RecoveryOf(KubernetesObject? cluster)
    {
        try
        {
            return cluster?.Annotation(RecoveryAnnotation) is { } text ? JsonSerializer.Deserialize<RecoveryNote>(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? CaOf(KubernetesObject? cluster) => cluster?.Annotation(CaAnnotation);

    public void WriteOn(JsonObject manifest)
    {
        var annotations = manifest["metadata"]!["annotations"]!.AsObject();
        annotations[SpecAnnotation] = JsonSerializer.Serialize(Spec);
        if (Recovery is not null) annotations[RecoveryAnnotation] = JsonSerializer.Serialize(Recovery);
        if (CaUntil is not null) annotations[CaAnnotation] = CaUntil;
    }

    /// <summary>When the operator's CA ends; it renews it before that.</summary>
    public static string? CaEnd(KubernetesObject? cluster) =>
        cluster?.Text("status", "certificates", "expirations", ObjectNames.CertificateAuthority(new Common.DatabaseId(cluster.Name)));
}
