using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

/// <summary>What a standby shows, which has no grains: the records themselves, with the versions that grains give them.</summary>
public sealed class SingleReadTests(PostgresFixture postgres) : StorageTest(postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [PostgresFact]
    public async Task A_database_is_found_by_its_id_with_the_version_that_clients_guard_with()
    {
        var database = Samples.Database("orders") with { UpdatedAt = Samples.Noon.AddTicks(1234567) };
        await Store.AddAsync(database);
        var found = (await Store.Databases.FindAsync(database.Id, None))!;
        Assert.Equal(("orders", database.WithETag().ETag), (found.Name, found.ETag));
        Assert.Null(await Store.Databases.FindAsync(DatabaseId.New(Samples.Noon), None));
    }

    [PostgresFact]
    public async Task A_tier_is_found_with_the_version_of_its_row()
    {
        var written = await Store.WriteAsync("tier", "small", Samples.Tier());
        var found = (await Store.Tiers.FindAsync("small", None))!;
        Assert.Equal((Samples.Tier().Spec, written.ETag), (found.Spec, found.ETag));
        Assert.Null(await Store.Tiers.FindAsync("large", None));
    }

    [PostgresFact]
    public async Task A_key_is_found_as_it_is_now_also_once_it_is_revoked()
    {
        var key = new ApiKeyState { Id = "abcdefgh", Hash = ApiKeySecret.HashOf("secret"), Team = "checkout", Role = Role.ProductTeam, ExpiresAt = Samples.Noon };
        var written = await Store.WriteAsync("api-key", key.Id, key);
        var found = (await Store.ApiKeys.FindAsync(key.Id, None))!;
        Assert.Equal(new Caller(key.Id, "checkout", Role.ProductTeam), found.CallerOf(key.Hash, Samples.Noon.AddTicks(-1)));
        Assert.Null(found.CallerOf(key.Hash, Samples.Noon));
        Assert.Null(found.CallerOf(ApiKeySecret.HashOf("guess"), Samples.Noon.AddTicks(-1)));

        await Store.WriteAsync("api-key", key.Id, key with { RevokedAt = Samples.Noon }, written.ETag);

        Assert.Null((await Store.ApiKeys.FindAsync(key.Id, None))!.CallerOf(key.Hash, Samples.Noon.AddTicks(-1)));
        Assert.Null(await Store.ApiKeys.FindAsync("nobodyis", None));
    }

    [PostgresFact]
    public async Task A_quota_is_found_with_its_limits_and_the_sum_of_its_reservations()
    {
        Assert.Equal(new Quota("small", QuotaLimits.None, ResourceAmounts.Zero, Quota.NeverSet), await Store.Quotas.FindAsync("small", None));

        var cost = new ResourceAmounts(0.5m, 1, 10, 1);
        await Store.Ledger.WriteAsync("small", 0, [new(DatabaseId.New(Samples.Noon), cost), new(DatabaseId.New(Samples.Noon), cost)], []);
        await Store.Ledger.WriteAsync("large", 0, [new(DatabaseId.New(Samples.Noon), cost)], []);
        var limits = new QuotaLimits { Databases = 5 };
        var written = await Store.WriteAsync("quota", "small", new QuotaState { Limits = limits });

        Assert.Equal(new Quota("small", limits, new(1, 2, 20, 2), written.ETag), await Store.Quotas.FindAsync("small", None));
    }
}
