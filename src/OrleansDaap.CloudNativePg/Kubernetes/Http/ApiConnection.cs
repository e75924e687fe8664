using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;

namespace OrleansDaap.CloudNativePg.Kubernetes.Http;

/// <summary>Connections to one API server, with whatever credential is good at the moment.</summary>
internal sealed class ApiConnection(ClusterAccess access) : IDisposable
{
    /// <summary>So a connection whose other end has vanished is noticed on a watch that is silent anyway.</summary>
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PingAnsweredWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private (X509Certificate2? Certificate, HttpClient Client)? _current;

    /// <summary>Returns with the answer's head. A credential that is refused is renewed once.</summary>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var credential = await access.Credentials.GetAsync(cancellationToken);
            using var message = request.ToMessage(access.Server);
            message.Version = HttpVersion.Version20;
            message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
            message.Headers.UserAgent.Add(new ProductInfoHeaderValue("daap", null));
            // The handler takes the name for TLS from here and from nowhere else.
            message.Headers.Host = access.TlsServerName;
            if (credential.Token is { } token) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var response = await ClientFor(credential.Certificate).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized || attempt > 1 || !access.Credentials.Refused(credential)) return response;
            response.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _current?.Client.Dispose();
        }

        (access.Credentials as IDisposable)?.Dispose();
    }

    // A certificate belongs to a connection: another one needs new connections. Those of the old one end with what still runs on them.
    private HttpClient ClientFor(X509Certificate2? certificate)
    {
        lock (_lock)
        {
            if (_current is { } current && ReferenceEquals(current.Certificate, certificate)) return current.Client;
            var client = new HttpClient(Handler(certificate)) { Timeout = Timeout.InfiniteTimeSpan };
            _current = (certificate, client);
            return client;
        }
    }

    private SocketsHttpHandler Handler(X509Certificate2? certificate) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = ConnectWithin,
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = PingAfter,
        KeepAlivePingTimeout = PingAnsweredWithin,
        SslOptions = Tls(certificate),
    };

    private SslClientAuthenticationOptions Tls(X509Certificate2? certificate)
    {
        var options = new SslClientAuthenticationOptions();
        if (certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        if (access.Authorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(access.Authorities);
        }

        if (access.InsecureSkipTlsVerify)
        {
            // The kubeconfig asked for it in these words.
#pragma warning disable CA5359
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return options;
    }
}
