using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.CloudNativePg;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

/// <summary>A Kubernetes cluster of its own for each test, a backend on it, and somebody with <c>kubectl</c>.</summary>
public abstract class KubernetesTest : IAsyncLifetime
{
    protected const string Namespace = "daap-checkout";

    internal TestKubernetes Kubernetes { get; private set; } = null!;

    internal KubernetesClient Hand { get; private set; } = null!;

    protected IPostgresBackend Backend { get; set; } = null!;

    protected virtual (string Key, string Value)[] Settings => [];

    public async Task InitializeAsync()
    {
        Kubernetes = await TestKubernetes.StartAsync();
        Backend = Kubernetes.NewBackend(Settings);
        Kubernetes.Server.Tokens["hand"] = "somebody";
        var access = new ClusterAccess { Server = Kubernetes.Server.Url, Credentials = new FixedCredentials(new Credential { Token = "hand" }) };
        Hand = new KubernetesClient(access, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<KubernetesClient>.Instance) { Manager = "kubectl-edit" };
    }

    public async Task DisposeAsync()
    {
        Kubernetes.Server.Faults.Clear();
        Hand.Dispose();
        await Kubernetes.DisposeAsync();
    }

    protected static ClusterSpec NewSpec() => ClusterSpecs.Small(DatabaseId.New(TimeProvider.System.GetUtcNow()), 17);

    protected async Task<ClusterSpec> NewReadyAsync(Func<ClusterSpec, ClusterSpec>? change = null)
    {
        var spec = NewSpec();
        if (change is not null) spec = change(spec);
        await Backend.ApplyAsync(spec, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        return spec;
    }

    /// <summary>Calls of servers, not of the operator's double nor of anybody else.</summary>
    internal static bool IsOurs(ApiCall call) => call.User == "cluster-admin";

    internal static ObjectKey Key(string name) => new(Namespace, name);

    internal bool Exists(ResourceKind kind, string name) => Kubernetes.Server.Store.Find(kind, Key(name)) is not null;

    internal JsonObject Stored(ResourceKind kind, string name) => Kubernetes.Server.Store.Find(kind, Key(name))!.ToJson();

    /// <summary>Waits until the API server holds what is wanted.</summary>
    internal async Task UntilAsync(ResourceKind kind, Func<bool> isSo)
    {
        var channel = Kubernetes.Server.Store.Follow(kind, Kubernetes.Server.Store.Revision)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (!isSo()) await channel.Reader.ReadAsync(timeout.Token);
        }
        finally
        {
            Kubernetes.Server.Store.Leave(kind, channel);
        }
    }

    /// <summary>All that is left of a database, by the names of its objects.</summary>
    internal IEnumerable<string> Remains(DatabaseId id) =>
        from kind in Kubernetes.Server.Store.Kinds.ToArray()
        from found in Kubernetes.Server.Store.Snapshot(kind).Objects.Values
        where found.Key.Name.StartsWith(id.Value, StringComparison.Ordinal)
        select $"{kind.Kind} {found.Key.Name}";
}
