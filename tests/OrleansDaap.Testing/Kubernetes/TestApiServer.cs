using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansDaap.Testing.Kubernetes.Storage;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>
/// A Kubernetes API server over real HTTP, without a cluster behind it: what it answers is held to recorded exchanges with a real one. No
/// controller runs: nothing is garbage-collected, and a namespace that is deleted stays until <see cref="FinishNamespace"/>.
/// </summary>
internal sealed partial class TestApiServer : IAsyncDisposable
{
    public const string Token = "a-token-of-the-tests";
    public const string ServerName = "kubernetes.test";

    private readonly WebApplication _app;
    private readonly TestCertificates? _certificates;
    private readonly WatchSender _watches;

    private TestApiServer(Options options)
    {
        Store = new ObjectStore(options.FirstRevision);
        _watches = new WatchSender(Store, options.Time);
        _certificates = options.UsesTls ? new TestCertificates() : null;
        Tokens[Token] = "cluster-admin";
        var kinds = BuiltInKinds.All.Concat(options.Kinds).ToDictionary(served => (served.Kind.Group, served.Kind.Version, served.Kind.Plural));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, Listen));
        _app = builder.Build();
        var requests = new RequestHandler(this, kinds, new ObjectReader(Store), new ObjectWriter(Store, options.Time), _watches);
        _app.Run(requests.HandleAsync);
    }

    public ObjectStore Store { get; }

    public Faults Faults { get; } = new();

    /// <summary>Who comes with which bearer token.</summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = new();

    /// <summary>Users who may do nothing, or not that.</summary>
    public ConcurrentDictionary<string, Predicate<ApiCall>> Denied { get; } = new();

    /// <summary>Every request since the start, in order.</summary>
    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public Uri Url { get; private set; } = null!;

    /// <summary>Issues the server's certificate and takes clients' ones; only with TLS.</summary>
    public TestCertificates Certificates => _certificates ?? throw new InvalidOperationException("It serves plain HTTP.");

    internal bool HasCertificates => _certificates is not null;

    /// <summary>How many watches are connected.</summary>
    public int Watches => _watches.Count;

    public static async Task<TestApiServer> StartAsync(Options? options = null)
    {
        var server = new TestApiServer(options ?? new Options());
        await server._app.StartAsync();
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Url = new Uri(address);
        return server;
    }

    /// <summary>A kubeconfig for it, with its usual token.</summary>
    public string Kubeconfig(string? user = null) => $"""
        apiVersion: v1
        kind: Config
        current-context: test
        contexts:
        - name: test
          context: {"{"}cluster: test, user: test, namespace: default{"}"}
        clusters:
        - name: test
          cluster:
            server: {Url}
        {(_certificates is null ? "" : $"    certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(_certificates.AuthorityPem))}")}
        users:
        - name: test
          user: {user ?? $"{{token: {Token}}}"}
        """;

    /// <summary>Tells every watch how far it is.</summary>
    public void SendBookmarks() => _watches.SendBookmarks();

    /// <summary>Ends every watch in peace, with a bookmark, as the server does every few minutes.</summary>
    public void EndWatches() => _watches.End();

    /// <summary>Breaks every watch's connection: at once, or in the middle of its next event.</summary>
    public void CutWatches(bool withinNextEvent = false) => _watches.Cut(withinNextEvent);

    /// <summary>What the namespace controller does after a deletion: everything in it is deleted, and itself when nothing is held.</summary>
    /// <returns>Whether it is gone.</returns>
    public bool FinishNamespace(string name) => NamespaceEnd.Finish(Store, name);

    public async ValueTask DisposeAsync()
    {
        _watches.Cut(withinNextEvent: false);
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _certificates?.Dispose();
        Faults.Dispose();
    }

    private void Listen(ListenOptions listen)
    {
        if (_certificates is null) return;
        listen.UseHttps(_certificates.IssueServer(ServerName), https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => _certificates.HasIssued(certificate);
        });
    }
}
