using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>The owner's credentials, in the one secret that holds them.</summary>
internal sealed class OwnerSecrets(KubernetesClient client, ObjectBook book, TimeProvider time)
{
    private const string Ca = "ca.crt";
    private const int PasswordLength = 32;

    /// <summary>What was read, for as long as the operator shows that very version: a steady database is looked into without a request.</summary>
    private readonly ConcurrentDictionary<DatabaseId, (string Version, DatabaseAddress Address)> _read = new();

    /// <summary>Makes it so, with the password that is there already, or a new one where there is none.</summary>
    /// <param name="spec">Of the database.</param>
    /// <param name="ns">Where it is.</param>
    /// <param name="authority">The CA's certificate; null: the one that is there, if any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task EnsureAsync(ClusterSpec spec, string ns, string? authority, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(spec.Id, ns, cancellationToken);
        var password = Value(found, "password") is { Length: > 0 } kept ? kept : RandomNumberGenerator.GetString(Letters, PasswordLength);
        await client.ApplyAsync(ResourceKind.Secret, OwnerSecretManifest.Of(spec, ns, password, authority ?? Value(found, Ca)), cancellationToken);
    }

    /// <summary>Null before the operator has made a CA, and the secret holds it.</summary>
    public async Task<DatabaseAddress?> AddressAsync(DatabaseId id, string ns, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(id, out var known) && known.Version == ClusterLook.CredentialsVersion(book.Of(id).Cluster)) return known.Address;
        var found = await ReadAsync(id, ns, cancellationToken);
        if (Value(found, "host") is not { } host || Value(found, "password") is not { } password || Value(found, Ca) is not { } authority) return null;
        var address = new DatabaseAddress(host, password, authority);
        _read[id] = (found!.ResourceVersion, address);
        return address;
    }

    /// <summary>Of a database that lets no client in: as its owner, by a certificate; null before there is a CA.</summary>
    public async Task<DatabaseAddress?> ClosedAddressAsync(ClusterSpec spec, string ns, CancellationToken cancellationToken)
    {
        var found = await client.GetAsync(ResourceKind.Secret, new ObjectKey(ns, ObjectNames.CertificateAuthority(spec.Id)), cancellationToken);
        return Value(found, Ca) is { } authority && Value(found, "ca.key") is { } key
            ? new DatabaseAddress(OwnerSecretManifest.Host(spec, ns), null, authority) { Certificate = ClientCertificates.Issue(authority, key, ClusterEndpoint.User, time.GetUtcNow()) }
            : null;
    }

    /// <summary>Of the cluster that a drill restores, as its superuser; null before the operator has made its secrets.</summary>
    public async Task<DatabaseAddress?> ScratchAddressAsync(DatabaseId id, string ns, CancellationToken cancellationToken)
    {
        var scratch = new DatabaseId(ObjectNames.Drill(id));
        var found = await client.GetAsync(ResourceKind.Secret, new ObjectKey(ns, ObjectNames.DrillSuperuser(id)), cancellationToken);
        return Value(found, "password") is { } password && await AuthorityAsync(scratch, ns, cancellationToken) is { } authority
            ? new DatabaseAddress($"{ObjectNames.Primary(scratch)}.{ns}.svc", password, authority) { User = "postgres" }
            : null;
    }

    /// <summary>The certificate alone of the operator's secret, which holds the key too; null before it is there.</summary>
    public async Task<string?> AuthorityAsync(DatabaseId id, string ns, CancellationToken cancellationToken) =>
        Value(await client.GetAsync(ResourceKind.Secret, new ObjectKey(ns, ObjectNames.CertificateAuthority(id)), cancellationToken), Ca);

    public Task DeleteAsync(DatabaseId id, string ns, CancellationToken cancellationToken)
    {
        _read.TryRemove(id, out _);
        return client.DeleteAsync(ResourceKind.Secret, new ObjectKey(ns, ObjectNames.Credentials(id)), null, cancellationToken);
    }

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private Task<KubernetesObject?> ReadAsync(DatabaseId id, string ns, CancellationToken cancellationToken) =>
        client.GetAsync(ResourceKind.Secret, new ObjectKey(ns, ObjectNames.Credentials(id)), cancellationToken);

    private static string? Value(KubernetesObject? secret, string key) =>
        secret?.Text("data", key) is { } text ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
}
