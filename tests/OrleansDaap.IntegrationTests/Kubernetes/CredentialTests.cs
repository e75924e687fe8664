using System.Net;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Kubernetes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>Tokens that rotate and programs that make them, over plain HTTP.</summary>
public sealed class CredentialTests : ApiServerTest, IDisposable
{
    private const string Program = """{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [get-token], env: [{name: FOR, value: me}], provideClusterInfo: true, interactiveMode: Never}}""";

    private readonly ConfiguredAccess _files = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_token_file_is_read_again_as_it_rotates()
    {
        Accept("first");
        var path = _files.Write("token", "first\n");
        var client = ClientWith(new TokenFileCredentials(path, _clock));
        await AskAsync(client);

        Accept("second");
        _files.Write("token", "second\n");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Server.Tokens.TryRemove("first", out _);
        Server.Requests.Clear();
        await AskAsync(client);
        Assert.Equal(1, RequestsOf("GET"));
    }

    [Fact]
    public async Task A_token_that_is_refused_is_read_again_at_once()
    {
        Accept("first");
        var path = _files.Write("token", "first");
        var client = ClientWith(new TokenFileCredentials(path, _clock));
        await AskAsync(client);

        Server.Tokens.TryRemove("first", out _);
        Accept("second");
        _files.Write("token", "second");
        await AskAsync(client);
    }

    [Fact]
    public async Task A_token_that_stays_refused_is_an_error_after_one_request()
    {
        var client = ClientWith(new TokenFileCredentials(_files.Write("token", "nobodys-token"), _clock));
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => AskAsync(client));

        Assert.Equal((HttpStatusCode.Unauthorized, "Unauthorized"), (refusal.Status, refusal.Reason));
        Assert.Equal(1, RequestsOf("GET"));
        Assert.DoesNotContain("nobodys-token", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("nobodys-token", string.Join('\n', Logs.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_asks_with_its_service_account()
    {
        Accept("of-the-pod");
        _files.Write("token", "of-the-pod");
        _files.Write("namespace", "daap-system\n");
        using var certificates = new TestCertificates();
        _files.Write("ca.crt", certificates.AuthorityPem);
        var access = InCluster.TryLoad(_clock, name => name == "KUBERNETES_SERVICE_HOST" ? "10.0.0.1" : null, _files.Folder)!;

        Assert.Equal(("https://10.0.0.1/", "daap-system", 1), (access.Server.ToString(), access.Namespace, access.Authorities.Count));
        await AskAsync(ClientFor(access with { Server = Server.Url }));
        Assert.Null(InCluster.TryLoad(_clock, _ => null, _files.Folder));
    }

    [Fact]
    public async Task A_program_is_run_once_until_its_token_expires()
    {
        Accept("made");
        _files.WriteProgram("login", Print("made", _clock.GetUtcNow() + TimeSpan.FromHours(1)));
        var client = ClientFor(_files.Load(Server.Kubeconfig(Program), _clock));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(client)));
        Assert.Equal(1, _files.Runs);

        _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(29));
        _files.WriteProgram("login", Print("made", _clock.GetUtcNow() + TimeSpan.FromHours(1)));
        await AskAsync(client);
        await AskAsync(client);
        Assert.Equal(2, _files.Runs);
    }

    [Fact]
    public async Task A_program_whose_token_is_refused_is_run_again_but_not_in_a_loop()
    {
        Accept("first");
        _files.WriteProgram("login", Print("first"));
        var client = ClientFor(_files.Load(Server.Kubeconfig(Program), _clock));
        await AskAsync(client);

        Server.Tokens.TryRemove("first", out _);
        Accept("second");
        _files.WriteProgram("login", Print("second"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        await AskAsync(client);
        Assert.Equal(2, _files.Runs);

        Server.Tokens.Clear();
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<KubernetesException>(() => AskAsync(client));
        Assert.Equal(2, _files.Runs);
    }

    [Fact]
    public async Task A_program_is_told_of_the_cluster_and_nothing_of_the_servers_own_settings()
    {
        Accept("made");
        _files.WriteProgram("login", $"env > '{_files.Folder}/env'; printf '%s' \"$@\" > '{_files.Folder}/args'\n{Print("made")}");
        Environment.SetEnvironmentVariable("Daap__BootstrapApiKey", "of-the-server");
        try
        {
            await AskAsync(ClientFor(_files.Load(Server.Kubeconfig(Program), _clock)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Daap__BootstrapApiKey", null);
        }

        var environment = await File.ReadAllTextAsync(Path.Combine(_files.Folder, "env"));
        Assert.Contains("FOR=me\n", environment, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"ExecCredential\"", environment, StringComparison.Ordinal);
        Assert.Contains($"\"server\":\"{Server.Url}\"", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-server", environment, StringComparison.Ordinal);
        Assert.Equal("get-token", await File.ReadAllTextAsync(Path.Combine(_files.Folder, "args")));
    }

    [Theory]
    [InlineData("echo a-secret >&2; exit 3", "ended with 3")]
    [InlineData("echo a-secret", "is no ExecCredential")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"other":"a-secret"}}'""", "without a token")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"a-secret"}}'""", "client.authentication.k8s.io/v1")]
    public async Task A_program_that_fails_is_said_and_what_it_printed_is_not(string lines, string words)
    {
        _files.WriteProgram("login", lines);
        var client = ClientFor(_files.Load(Server.Kubeconfig(Program), _clock));
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => AskAsync(client));

        Assert.True(failure.IsUnreachable);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", string.Join('\n', Logs.Messages), StringComparison.Ordinal);
        Assert.Equal(1, _files.Runs);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_with_the_hint_of_the_configuration()
    {
        var user = """{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-program-anywhere, installHint: "Install it from example.org"}}""";
        var failure = await Assert.ThrowsAsync<KubernetesException>(() => AskAsync(ClientFor(_files.Load(Server.Kubeconfig(user), _clock))));

        Assert.Contains("no-such-program-anywhere could not be started", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Install it from example.org", failure.Message, StringComparison.Ordinal);
    }

    private static Task<KubernetesObject?> AskAsync(KubernetesClient client) => client.GetAsync(Widgets.Kind, Widgets.Key("any"), None);

    private void Accept(string token) => Server.Tokens[token] = "somebody";

    private static string Print(string token, DateTimeOffset? expires = null) => $$"""
        cat <<END
        {"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"{{token}}"{{(expires is { } at ? $",\"expirationTimestamp\":\"{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\"" : "")}} } }
        END
        """;
}
