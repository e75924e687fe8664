using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Logging;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A test API server with a namespace, and clients for it; or a real one, for tests that use the client alone.</summary>
public abstract class ApiServerTest : IAsyncLifetime
{
    private readonly List<IDisposable> _disposables = [];

    private TestApiServer? _server;

    internal TestApiServer Server => _server ?? throw new InvalidOperationException("The tests of this class run against a real API server; this one needs [TestApiServerFact].");

    /// <summary>True: where there is a real API server, it is used.</summary>
    internal virtual bool TakesRealServer => false;

    internal KubernetesClient Client { get; private set; } = null!;

    internal CapturedLogs Logs { get; } = new();

    internal static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        if (TakesRealServer && RealApiServer.Assets is not null)
        {
            await UseRealServerAsync();
            return;
        }

        _server = await TestApiServer.StartAsync(ServerOptions());
        Client = ClientWith(new FixedCredentials(new Credential { Token = TestApiServer.Token }));
        await MakeNamespaceAsync();
        Server.Requests.Clear();
    }

    private async Task UseRealServerAsync()
    {
        var real = await RealApiServer.SharedAsync();
        await real.InstallAsync(Widgets.FullDefinition, Widgets.Kind.CollectionPath(null));
        Client = ClientFor(real.Access);
        await MakeNamespaceAsync();

        // It is the same for all tests, and each begins with nothing.
        await foreach (var page in Client.ListAsync(Widgets.Kind, ObjectSelection.All, 100, None))
        {
            foreach (var left in page.Items) await Client.DeleteAsync(Widgets.Kind, left.Key, null, None);
        }
    }

    private async Task MakeNamespaceAsync()
    {
        await Client.ApplyAsync(ResourceKind.Namespace, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = Widgets.Namespace },
        }, None);
    }

    public async Task DisposeAsync()
    {
        _disposables.ForEach(disposable => disposable.Dispose());
        if (_server is not null) await _server.DisposeAsync();
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
