using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.CloudNativePg.RestoreDrills;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Logging;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>A Kubernetes cluster with the operator's double, and servers that use it.</summary>
public sealed class TestKubernetes : IAsyncDisposable
{
    private readonly List<ServiceProvider> _servers = [];

    private TestKubernetes(TestApiServer server)
    {
        Server = server;
        Operator = new TestOperator(server, Bucket, TimeProvider.System);
    }

    internal TestApiServer Server { get; }

    internal TestOperator Operator { get; }

    internal TestBucket Bucket { get; } = new();

    internal CapturedLogs Logs { get; } = new();

    public static async Task<TestKubernetes> StartAsync() =>
        new(await TestApiServer.StartAsync(new TestApiServer.Options { Kinds = CustomKinds.InDirectory(RequiresCnpgDefinitionsAttribute.FoundDirectory) }));

    /// <summary>A server's backend; several may work on the same clusters, as after one was killed.</summary>
    public IPostgresBackend NewBackend(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Daap:CloudNativePg:ApiServerCidrs:0"] = "10.0.0.1/32",
                ["Daap:CloudNativePg:ObjectStore:Bucket"] = "backups",
                ["Daap:CloudNativePg:ObjectStore:Cidrs:0"] = "10.0.0.2/32",
                ["Daap:CloudNativePg:ObjectStore:KeyId"] = "key",
                ["Daap:CloudNativePg:ObjectStore:KeySecret"] = "secret-of-the-tests",
            }.Concat(settings.Select(one => KeyValuePair.Create($"Daap:CloudNativePg:{one.Key}", (string?)one.Value)))).Build();
        var provider = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Logs))
            .AddSingleton(new ClusterAccess { Server = Server.Url, Credentials = new FixedCredentials(new Credential { Token = TestApiServer.Token }) })
            .AddSingleton<IDatabaseLine>(new TestLine(Operator, TimeProvider.System))
            .AddSingleton<IRestoreCheck>(new TestRestoreCheck(Operator, TimeProvider.System))
            .AddSingleton<IBackupBucket>(Bucket)
            .AddCloudNativePg(configuration)
            .BuildServiceProvider();
        _servers.Add(provider);
        return provider.GetRequiredService<IPostgresBackend>();
    }

    /// <summary>Ends a server; what it was at stays as it is.</summary>
    public async Task KillAsync(IPostgresBackend backend)
    {
        var server = _servers.Single(server => ReferenceEquals(server.GetRequiredService<IPostgresBackend>(), backend));
        _servers.Remove(server);
        await server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        await Operator.DisposeAsync();
        await Server.DisposeAsync();
    }
}
