using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using OrleansDaap.LocalPostgres.Files;

namespace OrleansDaap.LocalPostgres.Tls;

/// <summary>This installation's CA: its key never leaves <c>ca/ca.key</c>, and clients verify servers by <c>ca/ca.crt</c>.</summary>
internal sealed class CertificateAuthority(DataDirectory data, OwnedFiles files, IOptions<LocalPostgresOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ServerLifetime = TimeSpan.FromDays(365);

    /// <summary>Every apply, and a daily look, renews what has less than this left.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>Clocks that are behind ours accept a new certificate too.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);
    private const int Years = 10;

    private readonly Lock _lock = new();
    private X509Certificate2? _ca;

    public string CertificateFile => Path.Combine(data.Ca, "ca.crt");

    /// <summary>Leaves <c>server.crt</c>, <c>server.key</c> and <c>ca.crt</c> in the directory, all of them good.</summary>
    public void EnsureServerCertificate(string directory)
    {
        var ca = Load();
        files.MakeDirectory(directory, FileModes.PrivateDirectory, FileOwner.Tools);
        files.Write(Path.Combine(directory, "ca.crt"), ca.ExportCertificatePem() + "\n", FileModes.PublicFile, FileOwner.Tools);
        if (IsGood(Path.Combine(directory, "server.crt"), Path.Combine(directory, "server.key"), ca)) return;

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={options.Value.Host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, true, false));
        request.CertificateExtensions.Add(Names());
        var now = time.GetUtcNow();
        var end = now + ServerLifetime < ca.NotAfter ? now + ServerLifetime : ca.NotAfter;
        using var certificate = request.Create(ca, now - ClockSkew, end, RandomNumberGenerator.GetBytes(16));
        // The key first: a certificate without its key would look good to the next apply.
        files.Write(Path.Combine(directory, "server.key"), key.ExportPkcs8PrivateKeyPem() + "\n", FileModes.PrivateFile, FileOwner.Tools);
        files.Write(Path.Combine(directory, "server.crt"), certificate.ExportCertificatePem() + "\n", FileModes.PublicFile, FileOwner.Tools);
    }

    /// <summary>Whether the next <see cref="EnsureServerCertificate"/> would leave it as it is.</summary>
    public bool IsServerCertificateGood(string directory) => IsGood(Path.Combine(directory, "server.crt"), Path.Combine(directory, "server.key"), Load());

    public void Dispose() => _ca?.Dispose();

    private X509Extension Names()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        var host = options.Value.Host;
        if (IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Loopback)) names.AddIpAddress(address);
        if (address is null && host != "localhost") names.AddDnsName(host);
        return names.Build();
    }

    private bool IsGood(string certificateFile, string keyFile, X509Certificate2 ca)
    {
        if (!File.Exists(certificateFile) || !File.Exists(keyFile)) return false;
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            return certificate.NotAfter.ToUniversalTime() > (time.GetUtcNow() + RenewBefore).UtcDateTime
                && certificate.IssuerName.RawData.AsSpan().SequenceEqual(ca.SubjectName.RawData)
                && certificate.MatchesHostname(options.Value.Host, allowWildcards: false);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private X509Certificate2 Load()
    {
        lock (_lock)
        {
            if (_ca is not null) return _ca;
            var keyFile = Path.Combine(data.Ca, "ca.key");
            if (!File.Exists(CertificateFile) || !File.Exists(keyFile)) Make(keyFile);
            return _ca = X509Certificate2.CreateFromPemFile(CertificateFile, keyFile);
        }
    }

    private void Make(string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Each CA has a name of its own, so that a certificate of another one is told by its issuer.
        var request = new CertificateRequest($"CN=OrleansDaap CA {RandomNumberGenerator.GetHexString(8, true)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - ClockSkew, now.AddYears(Years));
        files.Write(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n", FileModes.PrivateFile, FileOwner.Server);
        files.Write(CertificateFile, certificate.ExportCertificatePem() + "\n", FileModes.PublicFile, FileOwner.Server);
    }
}
