using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>
/// A real kube-apiserver on an etcd of its own, where <c>KUBEBUILDER_ASSETS</c> points at both (envtest's convention); one for all tests of a
/// process, and ended with it. No controller runs, as with the test API server.
/// </summary>
internal sealed class RealApiServer : IDisposable
{
    private const string Token = "a-token-of-the-tests";
    private static readonly Lazy<Task<RealApiServer>> One = new(StartAsync);

    private readonly TestCertificates _certificates = new();
    private readonly PortBlock _ports = PortBlock.Take();
    private readonly string _directory = Directory.CreateTempSubdirectory("daap-").FullName;
    private readonly List<Process> _processes = [];
    private readonly int _port;

    private RealApiServer() => _port = _ports.NextServerPort();

    /// <summary>Where the programs are; null: the tests use the test API server.</summary>
    public static string? Assets { get; } = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } named ? named : null;

    public static Task<RealApiServer> SharedAsync() => One.Value;

    public ClusterAccess Access
    {
        get
        {
            var access = new ClusterAccess { Server = new Uri($"https://127.0.0.1:{_port}"), Credentials = new FixedCredentials(new Credential { Token = Token }) };
            access.Authorities.ImportFromPem(_certificates.AuthorityPem);
            return access;
        }
    }

    /// <summary>Installs a custom resource definition, unless it is there, and waits until its kind is served.</summary>
    /// <param name="definition">As YAML.</param>
    /// <param name="path">Of the kind's collection.</param>
    public async Task InstallAsync(string definition, string path)
    {
        using var http = Http();
        using var content = new StringContent(definition, Encoding.UTF8, "application/yaml");
        using var made = await http.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", content);
        if (!made.IsSuccessStatusCode && made.StatusCode != HttpStatusCode.Conflict)
            throw new InvalidOperationException($"The definition is refused: {await made.Content.ReadAsStringAsync()}");
        await UntilAnsweredAsync(http, path);
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
        _certificates.Dispose();
        _ports.Dispose();
    }

    private static async Task<RealApiServer> StartAsync()
    {
        var server = new RealApiServer();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        try
        {
            await server.RunAsync();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private async Task RunAsync()
    {
        var (clients, peers) = (_ports.NextServerPort(), _ports.NextServerPort());
        var etcd = $"http://127.0.0.1:{clients}";
        Run("etcd", $"--data-dir={_directory}/etcd", $"--listen-client-urls={etcd}", $"--advertise-client-urls={etcd}", $"--listen-peer-urls=http://127.0.0.1:{peers}", "--unsafe-no-fsync");

        using var accounts = RSA.Create(2048);
        var certificate = _certificates.IssueServer(TestApiServer.ServerName);
        Run(
            "kube-apiserver",
            $"--etcd-servers={etcd}", "--bind-address=127.0.0.1", $"--secure-port={_port}", "--service-cluster-ip-range=10.0.0.0/24", "--authorization-mode=RBAC",
            $"--tls-cert-file={Write("server.crt", certificate.ExportCertificatePem())}", $"--tls-private-key-file={Write("server.key", TestCertificates.KeyPem(certificate))}",
            $"--service-account-key-file={Write("accounts.pub", accounts.ExportSubjectPublicKeyInfoPem())}",
            $"--service-account-signing-key-file={Write("accounts.key", accounts.ExportRSAPrivateKeyPem())}", "--service-account-issuer=https://127.0.0.1/",
            $"--token-auth-file={Write("tokens.csv", $"{Token},cluster-admin,1,system:masters\n")}", "--disable-admission-plugins=ServiceAccount");
        using var http = Http();
        await UntilAnsweredAsync(http, "/readyz");
    }

    private void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Assets!, program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        var process = Process.Start(start)!;
        _processes.Add(process);

        // Nobody reads it, and a full pipe would stop it.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task UntilAnsweredAsync(HttpClient http, string path)
    {
        await ServerProcess.UntilAsync(
            async () =>
            {
                if (_processes.Find(process => process.HasExited) is { } ended)
                    throw new InvalidOperationException($"{ended.StartInfo.FileName} ended with {ended.ExitCode}; run it by hand with {string.Join(' ', ended.StartInfo.ArgumentList)}.");
                try
                {
                    using var answer = await http.GetAsync(path);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => $"The API server does not answer {path}.");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    private HttpClient Http()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(_certificates.AuthorityPem);
        var http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = policy } }) { BaseAddress = new Uri($"https://127.0.0.1:{_port}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        return http;
    }
}
