using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing.Kubernetes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>Who the server is, and who asks, by certificates.</summary>
public sealed class TlsTests : IAsyncLifetime, IDisposable
{
    private readonly ConfiguredAccess _files = new();
    private TestApiServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestApiServer.StartAsync(new TestApiServer.Options { Kinds = Widgets.Served, UsesTls = true });
        _server.Denied["stranger"] = _ => true;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_server_whose_authority_is_configured_is_trusted() => Assert.Equal(1, (await AskAsync(_server.Kubeconfig())).Major);

    [Fact]
    public async Task The_authority_may_be_a_file_beside_the_configuration()
    {
        _files.Write("ca.crt", _server.Certificates.AuthorityPem);
        Assert.Equal(1, (await AskAsync(Configured("certificate-authority: ca.crt"))).Major);
    }

    [Theory]
    [InlineData("")]
    [InlineData("certificate-authority: other.crt")]
    [InlineData("certificate-authority: ca.crt\n    tls-server-name: elsewhere.test")]
    public async Task Another_server_is_not_trusted(string cluster)
    {
        using var other = new TestCertificates();
        _files.Write("other.crt", other.AuthorityPem);
        _files.Write("ca.crt", _server.Certificates.AuthorityPem);
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => AskAsync(Configured(cluster)));

        Assert.True(failure.IsUnreachable);
        Assert.Contains("certificate", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_certificate_may_have_another_name_than_the_host()
    {
        _files.Write("ca.crt", _server.Certificates.AuthorityPem);
        Assert.Equal(1, (await AskAsync(Configured($"certificate-authority: ca.crt\n    tls-server-name: {TestApiServer.ServerName}"))).Major);
    }

    [Fact]
    public async Task Any_server_is_taken_only_where_the_configuration_says_so() =>
        Assert.Equal(1, (await AskAsync(Configured("insecure-skip-tls-verify: true"))).Major);

    [Fact]
    public async Task A_client_certificate_says_who_asks()
    {
        using var certificate = _server.Certificates.IssueClient("certified");
        var client = Client(_server.Kubeconfig(CertificateData(certificate)));
        await client.GetAsync(Widgets.Kind, Widgets.Key("any"), CancellationToken.None);

        using var strangers = _server.Certificates.IssueClient("stranger");
        var denied = await Assert.ThrowsAsync<KubernetesException>(
            () => Client(_server.Kubeconfig(CertificateData(strangers))).GetAsync(Widgets.Kind, Widgets.Key("any"), CancellationToken.None));
        Assert.Equal("Forbidden", denied.Reason);
    }

    [Fact]
    public async Task A_client_certificate_of_a_program_is_used_on_new_connections_when_it_changes()
    {
        using var certificate = _server.Certificates.IssueClient("certified");
        using var strangers = _server.Certificates.IssueClient("stranger");
        var source = new ChangingCredentials { Current = new Credential { Certificate = strangers } };
        using var client = new KubernetesClient(
            _files.Load(_server.Kubeconfig()) with { Credentials = source },
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<KubernetesClient>.Instance);
        await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(Widgets.Kind, Widgets.Key("any"), CancellationToken.None));

        source.Current = new Credential { Certificate = certificate };
        Assert.Null(await client.GetAsync(Widgets.Kind, Widgets.Key("any"), CancellationToken.None));
    }

    [Fact]
    public async Task Watches_work_over_http2()
    {
        using var client = Client(_server.Kubeconfig());
        _server.Store.Put(Widgets.Kind, Widgets.Key("one"), Widgets.Manifest("one"));
        using var watch = await client.WatchAsync(Widgets.Kind, ObjectSelection.All, "1", CancellationToken.None);
        await foreach (var happened in watch.EventsAsync(CancellationToken.None))
        {
            Assert.Equal((WatchEventKind.Added, "one"), (happened.Kind, happened.Object.Name));
            break;
        }

        Assert.Equal("HTTP/2", _server.Requests.Last().Protocol);
    }

    private Task<KubernetesVersion> AskAsync(string kubeconfig) => Client(kubeconfig).GetVersionAsync(CancellationToken.None);

    private KubernetesClient Client(string kubeconfig) =>
        new(_files.Load(kubeconfig), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<KubernetesClient>.Instance);

    private string Configured(string cluster) => $"""
        current-context: test
        contexts: [{"{"}name: test, context: {"{"}cluster: test, user: test{"}"}{"}"}]
        users: [{"{"}name: test, user: {"{"}token: {TestApiServer.Token}{"}"}{"}"}]
        clusters:
        - name: test
          cluster:
            server: {_server.Url}
            {cluster}
        """.Replace("\n    ", "\n        ", StringComparison.Ordinal);

    private static string CertificateData(X509Certificate2 certificate) =>
        $"{{client-certificate-data: {Base64(certificate.ExportCertificatePem())}, client-key-data: {Base64(TestCertificates.KeyPem(certificate))}}}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed class ChangingCredentials : ICredentialSource
    {
        public required Credential Current { get; set; }

        public ValueTask<Credential> GetAsync(CancellationToken cancellationToken) => new(Current);

        public bool Refused(Credential credential) => false;
    }
}
