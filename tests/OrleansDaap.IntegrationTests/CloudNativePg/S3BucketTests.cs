using Microsoft.Extensions.Configuration;
using OrleansDaap.CloudNativePg;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.Common;
using OrleansDaap.IntegrationTests.LocalPostgres.Backups;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

/// <summary>Against a real S3 server over TLS.</summary>
[RequiresNode]
public sealed class S3BucketTests
{
    [DependentFact]
    public async Task What_a_database_has_in_the_bucket_is_measured_and_removed_and_its_neighbours_is_not_touched()
    {
        await using var server = await S3Server.StartAsync();
        var bucket = Bucket(server);
        var (id, neighbour) = (DatabaseId.New(TimeProvider.System.GetUtcNow()), DatabaseId.New(TimeProvider.System.GetUtcNow()));
        Assert.Equal(0, (await bucket.MeasureAsync(id, default)).Total);
        foreach (var database in new[] { id, neighbour })
        {
            await server.PutAsync($"daap/{database}/{database}/base/20261121T120000/data.tar.lz4", 1000);
            await server.PutAsync($"daap/{database}/{database}/base/20261121T120000/backup.info", 24);
            await server.PutAsync($"daap/{database}/{database}/wals/0000000100000000/000000010000000000000001.zst", 10);
        }

        var usage = await bucket.MeasureAsync(id, default);
        Assert.Equal(1034, usage.Total);
        Assert.Equal(1024, Assert.Single(usage.ByBackup, one => one.Key == "20261121T120000").Value);

        await bucket.PurgeAsync(id, default);
        await bucket.PurgeAsync(id, default);
        Assert.Equal(0, (await bucket.MeasureAsync(id, default)).Total);
        Assert.Equal(1034, (await bucket.MeasureAsync(neighbour, default)).Total);
    }

    [DependentFact]
    public async Task A_bucket_that_cannot_be_asked_says_why_and_tells_no_secret()
    {
        await using var server = await S3Server.StartAsync();
        var missing = await Assert.ThrowsAsync<BucketException>(() => Bucket(server, ("Bucket", "nobodys")).PurgeAsync(DatabaseId.New(TimeProvider.System.GetUtcNow()), default));
        Assert.Contains("bucket", missing.Message, StringComparison.OrdinalIgnoreCase);

        await server.StopAsync();
        var away = await Assert.ThrowsAsync<BucketException>(() => Bucket(server).MeasureAsync(DatabaseId.New(TimeProvider.System.GetUtcNow()), default));
        Assert.DoesNotContain(S3Server.Key, away.ToString(), StringComparison.Ordinal);
    }

    private static S3Bucket Bucket(S3Server server, params (string Key, string Value)[] settings)
    {
        var configured = new Dictionary<string, string?>
        {
            ["Bucket"] = S3Server.Bucket,
            ["Path"] = "/daap",
            ["Endpoint"] = server.Endpoint,
            ["KeyId"] = S3Server.Key,
            ["KeySecret"] = S3Server.Key,
            ["CaFile"] = server.CaFile,
        };
        foreach (var (key, value) in settings) configured[key] = value;
        var options = new CloudNativePgOptions();
        options.Read(new ConfigurationBuilder().AddInMemoryCollection(configured.Select(one => KeyValuePair.Create($"Daap:CloudNativePg:ObjectStore:{one.Key}", one.Value))).Build());
        return new S3Bucket(options);
    }
}
