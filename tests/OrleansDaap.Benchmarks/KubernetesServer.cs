using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.CloudNativePg;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Server;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>The server as it is on Kubernetes, but for the connections to its databases, which no PostgreSQL stands behind.</summary>
internal static class KubernetesServer
{
    public const string Command = "serve-on-kubernetes";

    public static async Task<ServerProcess> StartAsync(ScratchDirectory data, TestKubernetes kubernetes)
    {
        var kubeconfig = Path.Combine(data.Path, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Server.Kubeconfig());
        return await ServerProcess.StartAsync(
            data,
            new Dictionary<string, string>
            {
                ["Logging__LogLevel__Default"] = "Warning",
                ["Daap__RateLimit__PermitsPerSecond"] = "0",
                ["Daap__Backend"] = "CloudNativePg",
                ["Daap__CloudNativePg__Kubeconfig"] = kubeconfig,
                ["Daap__CloudNativePg__ApiServerCidrs__0"] = "10.0.0.1/32",

                // As often as can be, so that what they cost is seen.
                ["Daap__Databases__ReconcileEvery"] = "00:01:00",
                ["Daap__Databases__ObserveExtensionsEvery"] = "00:01:00",
            },
            [Path.Combine(AppContext.BaseDirectory, "OrleansDaap.Benchmarks.dll"), Command]);
    }

    public static Task<int> RunAsync(string[] args) => DaapServer.RunAsync(args, services => services
        .AddSingleton<IDatabaseLine, AnsweringLine>()
        .AddCloudNativePg(new ConfigurationBuilder().AddEnvironmentVariables().Build()));
}
