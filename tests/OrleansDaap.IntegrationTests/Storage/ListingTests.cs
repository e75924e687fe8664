using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class ListingTests(PostgresFixture postgres) : StorageTest(postgres)
{
    private static readonly string?[] Teams = [null, "checkout", "billing", "nobody"];
    private static readonly DatabaseStatus?[] AllStatuses = [null, .. Enum.GetValues<DatabaseStatus>().Select(status => (DatabaseStatus?)status)];
    private static readonly string?[] Tiers = [null, "small", "large"];
    private static readonly string?[] Names = [null, "db3", "db14"];

    [PostgresFact]
    public async Task Every_combination_of_filters_lists_what_fits_newest_first()
    {
        var all = await AddMixedAsync(60);
        var filters =
            from team in Teams
            from status in AllStatuses
            from tier in Tiers
            from name in Names
            select new DatabaseFilter(team, status, tier, name);
        foreach (var filter in filters)
        {
            var expected = all.Where(database => Fits(database, filter)).Select(database => database.Id.Value);
            Assert.Equal(expected.OrderDescending(StringComparer.Ordinal), await ListAllAsync(filter, limit: 7));
        }
    }

    [PostgresFact]
    public async Task A_deleted_database_shows_only_where_deleted_ones_are_asked_for_and_says_when_it_was_deleted()
    {
        var deleted = Samples.Database("orders", status: DatabaseStatus.Deleted) with { DeletedAt = Samples.Noon };
        var successor = Samples.Database("orders", second: 1);
        await Store.AddAsync(deleted);
        await Store.AddAsync(successor);

        var usual = await Store.Databases.ListAsync(new DatabaseFilter(null, null, null, "orders"), new PageRequest(10, null), default);
        var gone = await Store.Databases.ListAsync(new DatabaseFilter(null, DatabaseStatus.Deleted, null, "orders"), new PageRequest(10, null), default);

        Assert.Equal([successor.Id], usual.Items.Select(item => item.Id));
        Assert.Equal([(deleted.Id, Samples.Noon)], gone.Items.Select(item => (item.Id, item.DeletedAt!.Value)));
    }

    [PostgresFact]
    public async Task Pages_neither_repeat_nor_skip_while_databases_are_added()
    {
        var there = await AddMixedAsync(30);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Store.Databases.ListAsync(new DatabaseFilter(), new PageRequest(5, cursor), default);
            seen.AddRange(page.Items.Select(item => item.Id.Value));
            cursor = page.Next;
            await Store.AddAsync(Samples.Database($"new{seen.Count}", second: 1000 + seen.Count));
        }
        while (cursor is not null);

        Assert.Equal(
            there.Where(database => database.Status != DatabaseStatus.Deleted).Select(database => database.Id.Value).OrderDescending(StringComparer.Ordinal), seen);
    }

    [PostgresFact]
    public async Task The_last_page_names_no_next_one_even_when_it_is_full()
    {
        await AddMixedAsync(3);
        Assert.Null((await Store.Databases.ListAsync(new DatabaseFilter(), new PageRequest(3, null), default)).Next);
        Assert.NotNull((await Store.Databases.ListAsync(new DatabaseFilter(), new PageRequest(2, null), default)).Next);
    }

    [PostgresFact]
    public async Task A_cursor_that_is_none_of_ours_is_refused()
    {
        foreach (var cursor in new[] { "", "x", "%%%", "a=b", "ZGItMQ", "__79", "MS8A", "OTk5OTk5OTk5OTk5OTk5OTk5L3g", "L3g" })
        {
            var page = new PageRequest(10, cursor);
            var refusals = new[]
            {
                await Assert.ThrowsAsync<ProblemException>(() => Store.Databases.ListAsync(new DatabaseFilter(), page, default)),
                await Assert.ThrowsAsync<ProblemException>(() => Store.Tiers.ListAsync(page, default)),
                await Assert.ThrowsAsync<ProblemException>(() => Store.ApiKeys.ListAsync(page, default)),
            };
            Assert.All(refusals, refusal => Assert.Equal(["cursor"], refusal.Errors!.Keys));
        }
    }

    [PostgresFact]
    public async Task A_filter_with_a_nul_character_finds_nothing()
    {
        await AddMixedAsync(3);
        Assert.Empty((await Store.Databases.ListAsync(new DatabaseFilter(OwnerTeam: "a\0"), new PageRequest(10, null), default)).Items);
    }

    [PostgresFact]
    public async Task Tiers_and_api_keys_are_listed_by_age_whatever_they_are_called()
    {
        string[] names = ["m", "z", "a", "q", "b"];
        foreach (var name in names)
        {
            await Store.WriteAsync("tier", name, Samples.Tier(name));
            await Store.WriteAsync("api-key", name, new ApiKeyState { Id = name });
        }

        Assert.Equal(names.Reverse(), await ReadAsync(page => Store.Tiers.ListAsync(page, default), tier => tier.Id));
        Assert.Equal(names.Reverse(), await ReadAsync(page => Store.ApiKeys.ListAsync(page, default), key => key.Id));

        async Task<List<string>> ReadAsync<T>(Func<PageRequest, Task<Page<T>>> list, Func<T, string> id)
        {
            var seen = new List<string>();
            string? cursor = null;
            do
            {
                var page = await list(new PageRequest(2, cursor));
                seen.AddRange(page.Items.Select(id));
                cursor = page.Next;
            }
            while (cursor is not null);
            return seen;
        }
    }

    [PostgresFact]
    public async Task Databases_are_counted_by_tier_without_the_deleted_ones()
    {
        await Store.AddAsync(Samples.Database("a", tier: "small"));
        await Store.AddAsync(Samples.Database("b", tier: "small", status: DatabaseStatus.Archived));
        await Store.AddAsync(Samples.Database("c", tier: "small", status: DatabaseStatus.Deleted));
        await Store.AddAsync(Samples.Database("d", tier: "large", status: DatabaseStatus.Deleted));
        await Store.AddAsync(Samples.Database("e", tier: "other"));

        var counts = await Store.Tiers.CountDatabasesAsync(["small", "large"], default);

        Assert.Equal(new Dictionary<string, int> { ["small"] = 2 }, counts);
    }

    [PostgresFact]
    public async Task A_tier_is_in_use_while_a_database_that_is_not_deleted_or_a_reservation_refers_to_it()
    {
        await Store.AddAsync(Samples.Database("a", tier: "deleted", status: DatabaseStatus.Deleted));
        await Store.AddAsync(Samples.Database("b", tier: "archived", status: DatabaseStatus.Archived));
        await Store.Ledger.WriteAsync("reserved", 0, [new Reservation(DatabaseId.New(Samples.Noon), ResourceAmounts.Zero)], []);

        Assert.False(await Store.Tiers.IsInUseAsync("deleted", default));
        Assert.False(await Store.Tiers.IsInUseAsync("unknown", default));
        Assert.True(await Store.Tiers.IsInUseAsync("archived", default));
        Assert.True(await Store.Tiers.IsInUseAsync("reserved", default));
    }

    [PostgresFact]
    public async Task Unsettled_databases_are_listed_until_they_settle()
    {
        var row = await Store.AddAsync(Samples.Database("a", settled: false));
        await Store.AddAsync(Samples.Database("b"));
        Assert.Equal([row.State.Id], await ReadIdsAsync(Store.Databases.ListUnsettledAsync(default)));

        row.State = row.State with { Settled = true };
        await Store.WriteAsync("database", row.State.Id.Value, row);

        Assert.Empty(await ReadIdsAsync(Store.Databases.ListUnsettledAsync(default)));
    }

    [PostgresFact]
    public async Task Databases_without_the_reminder_are_listed_unless_they_are_deleted()
    {
        var without = await Store.AddAsync(Samples.Database("a"));
        var with = await Store.AddAsync(Samples.Database("b"));
        var other = await Store.AddAsync(Samples.Database("c"));
        await Store.AddAsync(Samples.Database("d", status: DatabaseStatus.Deleted));
        await Store.Reminders.UpsertRow(ReminderTests.Entry(with.State.Id.Value, "reconcile"));
        await Store.Reminders.UpsertRow(ReminderTests.Entry(other.State.Id.Value, "another"));

        var ids = await ReadIdsAsync(Store.Databases.ListWithoutReminderAsync("reconcile", default));

        Assert.Equal(new[] { without.State.Id, other.State.Id }.ToHashSet(), [.. ids]);
    }

    private static bool Fits(DatabaseState database, DatabaseFilter filter) =>
        (filter.OwnerTeam is null || database.OwnerTeam == filter.OwnerTeam)
        && (filter.Status is null ? database.Status != DatabaseStatus.Deleted : database.Status == filter.Status)
        && (filter.Tier is null || database.Tier.Id == filter.Tier)
        && (filter.Name is null || database.Name == filter.Name);

    private async Task<List<DatabaseState>> AddMixedAsync(int count)
    {
        var statuses = Enum.GetValues<DatabaseStatus>();
        var all = Enumerable.Range(0, count).Select(i => Samples.Database(
            $"db{i % 17}{(i < 17 ? "" : $"x{i}")}", i % 3 == 0 ? "billing" : "checkout", i % 4 == 0 ? "large" : "small", statuses[i % 6], second: i)).ToList();
        await Task.WhenAll(all.Select(Store.AddAsync));
        return all;
    }

    private async Task<List<string>> ListAllAsync(DatabaseFilter filter, int limit)
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Store.Databases.ListAsync(filter, new PageRequest(limit, cursor), default);
            ids.AddRange(page.Items.Select(item => item.Id.Value));
            cursor = page.Next;
        }
        while (cursor is not null);
        return ids;
    }

    private static async Task<List<DatabaseId>> ReadIdsAsync(IAsyncEnumerable<DatabaseId> ids)
    {
        var all = new List<DatabaseId>();
        await foreach (var id in ids)
        {
            all.Add(id);
        }

        return all;
    }
}
