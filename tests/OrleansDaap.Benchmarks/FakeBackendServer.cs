using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Provisioning;
using OrleansDaap.Server;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Benchmarks;

/// <summary>The server as it is, but for a backend that makes nothing: what accepting and keeping databases costs by itself.</summary>
internal static class FakeBackendServer
{
    public const string Command = "serve-with-fake-backend";

    private const string Stalled = "--stalled";

    /// <param name="data">Its data directory.</param>
    /// <param name="stalled">The backend takes every cluster and never gets anywhere with it: what is measured is accepting alone.</param>
    public static Task<ServerProcess> StartAsync(ScratchDirectory data, bool stalled = false) => ServerProcess.StartAsync(
        data,
        new Dictionary<string, string>
        {
            ["Logging__LogLevel__Default"] = "Warning",

            // All of a benchmark's requests carry one key.
            ["Daap__RateLimit__PermitsPerSecond"] = "0",
        },
        [Path.Combine(AppContext.BaseDirectory, "OrleansDaap.Benchmarks.dll"), Command, .. stalled ? [Stalled] : Array.Empty<string>()]);

    public static Task<int> RunAsync(string[] args) => DaapServer.RunAsync([.. args.Except([Stalled])], services =>
        services.AddSingleton<IPostgresBackend>(provider => new FakePostgresBackend(provider.GetRequiredService<TimeProvider>())
        {
            Manual = args.Contains(Stalled),
        }));
}
