using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Where a database answers in the Kubernetes cluster. Pure.</summary>
internal static class Endpoints
{
    private const int Port = 5432;
    private const string Secret = "kubernetes-secret";

    public static ClusterEndpoint Of(ClusterSpec spec, string ns)
    {
        var credentials = new SecretLocation(Secret, Namespace: ns, Name: ObjectNames.Credentials(spec.Id));
        return new ClusterEndpoint(
            OwnerSecretManifest.Host(spec, ns),
            Port,
            spec.Pooler is null ? null : $"{ObjectNames.Pooler(spec.Id)}.{ns}.svc",
            spec.Pooler is null ? null : Port,
            credentials,
            credentials with { Key = "ca.crt" });
    }
}
