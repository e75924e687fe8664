using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansDaap.CloudNativePg.Kubernetes.Credentials;

internal static class PemCertificate
{
    /// <exception cref="FormatException">It is no certificate with its key; what is in it is not repeated.</exception>
    public static X509Certificate2 Read(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new FormatException("The client certificate and its key cannot be read, or do not belong together.");
        }
    }
}
