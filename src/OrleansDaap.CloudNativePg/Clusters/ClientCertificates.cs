using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Certificates that a cluster knows a user by, from its own CA, as <c>kubectl cnpg certificate</c> issues them.</summary>
internal static class ClientCertificates
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5);

    /// <param name="authority">The CA's certificate, as PEM.</param>
    /// <param name="key">Its key, as PEM.</param>
    /// <param name="user">Whom it is for.</param>
    /// <param name="now">It is good for a day from then, or for as long as the CA is.</param>
    public static X509Certificate2 Issue(string authority, string key, string user, DateTimeOffset now)
    {
        using var issuer = X509Certificate2.CreateFromPem(authority, key);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={user}", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        var (from, until) = (now - Before, now + Life);
        var (first, last) = (new DateTimeOffset(issuer.NotBefore), new DateTimeOffset(issuer.NotAfter));
        using var certificate = request.Create(issuer, from > first ? from : first, until < last ? until : last, RandomNumberGenerator.GetBytes(16));
        using var whole = certificate.CopyWithPrivateKey(own);

        // A key that was only just made is not taken by TLS on every system.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
