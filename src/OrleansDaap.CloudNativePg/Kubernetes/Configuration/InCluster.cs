using System.Security.Cryptography.X509Certificates;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;

namespace OrleansDaap.CloudNativePg.Kubernetes.Configuration;

/// <summary>What Kubernetes gives to a pod: the server's address in the environment, and a service account in files.</summary>
internal static class InCluster
{
    public const string ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <returns>Null outside of a pod, or in one without a service account.</returns>
    public static ClusterAccess? TryLoad(TimeProvider time, Func<string, string?> environment, string directory = ServiceAccountDirectory)
    {
        var token = Path.Combine(directory, "token");
        if (environment("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || !File.Exists(token)) return null;

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(directory, "ca.crt"));
        var @namespace = Path.Combine(directory, "namespace");
        return new ClusterAccess
        {
            Server = new UriBuilder(Uri.UriSchemeHttps, host.Contains(':') ? $"[{host}]" : host, PortFrom(environment)).Uri,
            Authorities = authorities,
            Credentials = new TokenFileCredentials(token, time),
            Namespace = File.Exists(@namespace) ? File.ReadAllText(@namespace).Trim() : "default",
        };
    }

    private static int PortFrom(Func<string, string?> environment) =>
        int.TryParse(environment("KUBERNETES_SERVICE_PORT_HTTPS") ?? environment("KUBERNETES_SERVICE_PORT"), out var port) ? port : 443;
}
