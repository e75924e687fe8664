using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amazon.S3;
using Amazon.S3.Model;
using OrleansDaap.IntegrationTests.Contract;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>A real S3 server over TLS, of tests/OrleansDaap.S3Server, with one bucket in a directory of its own.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "backups";

    /// <summary>The key and the secret that it takes.</summary>
    public const string Key = "S3RVER";

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../OrleansDaap.S3Server"));

    private readonly string _directory = Directory.CreateTempSubdirectory("daap-s3-").FullName;
    private readonly PortBlock _ports = PortBlock.Take();
    private readonly int _port;
    private Process? _process;

    private S3Server()
    {
        _port = _ports.NextServerPort();
        File.SetUnixFileMode(_directory, FileModes.PassableDirectory);
    }

    public string CaFile => Path.Combine(_directory, "server.crt");

    public string SecretFile => Path.Combine(_directory, "secret");

    public string Store => Path.Combine(_directory, "store");

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"https://localhost:{_port}");

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Daap:Local:Backup:Repository"] = "s3",
        ["Daap:Local:Backup:Path"] = "/daap",
        ["Daap:Local:Backup:S3:Bucket"] = Bucket,
        ["Daap:Local:Backup:S3:Endpoint"] = string.Create(CultureInfo.InvariantCulture, $"localhost:{_port}"),
        ["Daap:Local:Backup:S3:KeyId"] = Key,
        ["Daap:Local:Backup:S3:KeySecretFile"] = SecretFile,
        ["Daap:Local:Backup:S3:CaFile"] = CaFile,
    };

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server();
        await NodePackage.InstallAsync(Folder);
        Directory.CreateDirectory(server.Store);
        await File.WriteAllTextAsync(server.SecretFile, Key + "\n");
        await server.MakeCertificateAsync();
        await server.RunAsync();
        return server;
    }

    public async Task RunAsync()
    {
        _process = Process.Start(new ProcessStartInfo("node",
        [
            Path.Combine(Folder, "node_modules", "s3rver", "bin", "s3rver.js"), "--directory", Store, "--address", "localhost", "--port", $"{_port}",
            "--key", Path.Combine(_directory, "server.key"), "--cert", CaFile, "--configure-bucket", Bucket, "--silent",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = _process.StandardOutput.ReadToEndAsync();
        var errors = _process.StandardError.ReadToEndAsync();
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("localhost", _port);
                return;
            }
            catch (SocketException)
            {
                if (_process.HasExited) throw new InvalidOperationException(await errors);
                await Task.Yield();
            }
        }
    }

    /// <summary>Puts an object of that many bytes there, as somebody else does.</summary>
    public async Task PutAsync(string name, int bytes)
    {
        using var trusting = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new AmazonS3Client(Key, Key, new AmazonS3Config { ServiceURL = Endpoint, ForcePathStyle = true, HttpClientFactory = new Clients(trusting) });
        using var content = new MemoryStream(new byte[bytes]);
        await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = name, InputStream = content, UseChunkEncoding = false });
    }

    public async Task StopAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ports.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task MakeCertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(CaFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_directory, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private sealed class Clients(HttpMessageHandler handler) : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(Amazon.Runtime.IClientConfig clientConfig) => new(handler, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(Amazon.Runtime.IClientConfig clientConfig) => false;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
