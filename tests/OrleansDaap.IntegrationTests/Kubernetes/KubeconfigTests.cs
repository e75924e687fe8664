using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts:
        - {name: here, context: {cluster: one, user: alice, namespace: daap}}
        - {name: there, context: {cluster: two, user: bob}}
        clusters:
        - {name: one, cluster: {server: "https://one.example:6443"}}
        - {name: two, cluster: {server: "https://two.example/k8s/clusters/c-1", insecure-skip-tls-verify: true, tls-server-name: kubernetes}}
        users:
        - {name: alice, user: {token: 12345}}
        - {name: bob, user: {tokenFile: token}}
        """;

    private readonly ConfiguredAccess _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task The_current_context_is_used()
    {
        var access = _files.Load(Two);

        Assert.Equal(("https://one.example:6443/", "daap", false), (access.Server.ToString(), access.Namespace, access.InsecureSkipTlsVerify));
        Assert.Equal("12345", (await access.Credentials.GetAsync(CancellationToken.None)).Token);
    }

    [Fact]
    public async Task Another_context_may_be_named()
    {
        _files.Write("token", "from a file\n");
        var access = _files.Load(Two, context: "there");

        Assert.Equal(("https://two.example/k8s/clusters/c-1", "default", true, "kubernetes"), (access.Server.ToString(), access.Namespace, access.InsecureSkipTlsVerify, access.TlsServerName));
        Assert.Equal("from a file", (await access.Credentials.GetAsync(CancellationToken.None)).Token);
    }

    [Theory]
    [InlineData("current-context: here", "It has no context here.")]
    [InlineData("contexts: []", "It has no current-context, and none was named.")]
    [InlineData("", "It is empty.")]
    [InlineData("a: [secret-value", "It is not YAML at line")]
    public void What_is_wrong_is_said_without_what_is_in_it(string text, string words)
    {
        var failure = Assert.Throws<KubeconfigException>(() => _files.Load(text));

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-value", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{client-certificate-data: c2VjcmV0LXZhbHVl, client-key-data: c2VjcmV0LXZhbHVl}", "cannot be read")]
    [InlineData("{client-certificate-data: c2VjcmV0LXZhbHVl}", "belong together")]
    [InlineData("{client-certificate-data: '*secret-value', client-key-data: x}", "is not base64")]
    [InlineData("{username: admin, password: secret-value}", "has a password")]
    [InlineData("{auth-provider: {name: gcp, config: {access-token: secret-value}}}", "use exec")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, args: [secret-value]}}", "no command")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}", "wants to ask a person")]
    public void A_user_that_cannot_be_used_is_said_without_its_secrets(string user, string words)
    {
        var text = Two.Replace("{token: 12345}", user, StringComparison.Ordinal);
        var failure = Assert.Throws<KubeconfigException>(() => _files.Load(text));

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-value", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0LXZhbHVl", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cluster_is_found_where_kubectl_finds_it()
    {
        var path = _files.Write("some-config", Two);
        Directory.CreateDirectory(Path.Combine(_files.Folder, ".kube"));

        Assert.Equal("one.example", Find(name => name == "KUBECONFIG" ? path : null).Server.Host);
        Assert.Contains("there is no kubeconfig", Assert.Throws<KubeconfigException>(() => Find(name => name == "HOME" ? _files.Folder : null)).Message, StringComparison.Ordinal);
        _files.Write(".kube/config", Two);
        Assert.Equal("one.example", Find(name => name == "HOME" ? _files.Folder : null).Server.Host);
    }

    private ClusterAccess Find(Func<string, string?> environment) =>
        ClusterAccessFinder.Find(null, null, TimeProvider.System, environment, Path.Combine(_files.Folder, "no-service-account"));
}
