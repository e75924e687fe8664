using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Logging;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A test API server with a namespace, and clients for it.</summary>
public abstract class ApiServerTest : IAsyncLifetime
{
    private readonly List<IDisposable> _disposables = [];

    internal TestApiServer Server { get; private set; } = null!;

    internal KubernetesClient Client { get; private set; } = null!;

    internal CapturedLogs Logs { get; } = new();

    internal static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Server = await TestApiServer.StartAsync(ServerOptions());
        Client = ClientWith(new FixedCredentials(new Credential { Token = TestApiServer.Token }));
        await Client.ApplyAsync(ResourceKind.Namespace, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = Widgets.Namespace },
        }, None);
        Server.Requests.Clear();
    }

    public async Task DisposeAsync()
    {
        _disposables.ForEach(disposable => disposable.Dispose());
        await Server.DisposeAsync();
    }

    internal virtual TestApiServer.Options ServerOptions() => new() { Kinds = Widgets.Served };

    internal KubernetesClient ClientWith(ICredentialSource credentials, TimeProvider? time = null) =>
        ClientFor(new ClusterAccess { Server = Server.Url, Credentials = credentials }, time);

    internal KubernetesClient ClientFor(ClusterAccess access, TimeProvider? time = null)
    {
        var client = new KubernetesClient(access, time ?? TimeProvider.System, LoggerFor<KubernetesClient>());
        _disposables.Add(client);
        return client;
    }

    internal ILogger<T> LoggerFor<T>()
    {
        var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        _disposables.Add(factory);
        return factory.CreateLogger<T>();
    }

    internal Task<KubernetesObject> ApplyAsync(string name, int size = 1, JsonObject? labels = null, JsonObject? spec = null) =>
        Client.ApplyAsync(Widgets.Kind, Widgets.Manifest(name, size, labels, spec), None);

    internal int RequestsOf(string method) => Server.Requests.Count(request => request.Method == method);
}
