using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;

namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>By the S3 API, with the key that the databases have.</summary>
internal sealed class S3Bucket(CloudNativePgOptions options) : IBackupBucket
{
    /// <summary>Under a server's name the plugin keeps its backups here, one folder each.</summary>
    private const string Backups = "base/";

    public async Task<BucketUsage> MeasureAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        var total = 0L;
        var byBackup = new Dictionary<string, long>();
        var backups = $"{Prefix(id)}{id}/{Backups}";
        await EachPageAsync(id, (_, page) =>
        {
            foreach (var item in page)
            {
                total += item.Size ?? 0;
                if (!item.Key.StartsWith(backups, StringComparison.Ordinal)) continue;
                var backup = item.Key[backups.Length..].Split('/')[0];
                byBackup[backup] = byBackup.GetValueOrDefault(backup) + (item.Size ?? 0);
            }

            return Task.CompletedTask;
        }, cancellationToken);
        return new BucketUsage(total, byBackup);
    }

    public Task PurgeAsync(DatabaseId id, CancellationToken cancellationToken) => EachPageAsync(id, async (client, page) =>
    {
        // A page has as many as may be deleted at once.
        var deleted = await client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = Store.Bucket, Objects = [.. page.Select(item => new KeyVersion { Key = item.Key })], Quiet = true }, cancellationToken);
        if (deleted.DeleteErrors is [var first, ..]) throw new BucketException($"The object store does not delete {first.Key}: {first.Code}: {first.Message}");
    }, cancellationToken);

    private ObjectStoreOptions Store => options.ObjectStore;

    private string Prefix(DatabaseId id) => ObjectStoreManifest.Prefix(id, Store);

    private async Task EachPageAsync(DatabaseId id, Func<IAmazonS3, IReadOnlyList<S3Object>, Task> take, CancellationToken cancellationToken)
    {
        if (!Store.IsConfigured) throw new BucketException("No object store is configured; see Daap:CloudNativePg:ObjectStore.");
        try
        {
            using var client = Open();
            string? next = null;
            do
            {
                var page = await client.ListObjectsV2Async(
                    new ListObjectsV2Request { BucketName = Store.Bucket, Prefix = Prefix(id), ContinuationToken = next }, cancellationToken);
                if (page.S3Objects is { Count: > 0 } found) await take(client, found);
                next = page.IsTruncated == true ? page.NextContinuationToken : null;
            }
            while (next is not null);
        }
        catch (Exception failure) when (failure is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new BucketException($"The object store could not be asked: {failure.Message}", failure);
        }
    }

    // Made anew each time: its secret's file may have changed, and it is used seldom.
    private AmazonS3Client Open()
    {
        var config = new AmazonS3Config { AuthenticationRegion = Store.Region };
        if (Store.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Store.Region);
        }

        // Stores that are not Amazon's may not know the newer checksums.
        config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
        config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        if (Store.CaFile is { } ca) config.HttpClientFactory = new TrustingClients(ca);
        return Store.UsesRole ? new AmazonS3Client(config) : new AmazonS3Client(Store.KeyId, Store.Secret(), config);
    }

    /// <summary>Trusts the configured authorities and no others.</summary>
    private sealed class TrustingClients(string caFile) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(caFile);
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            return new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
        }

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => true;
    }
}
