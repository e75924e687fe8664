using Npgsql;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class AuditLogTests(PostgresFixture postgres) : StorageTest(postgres)
{
    [PostgresFact]
    public async Task Entries_are_kept_with_everything_in_them()
    {
        await Store.Audit.AppendAsync(Entry("a") with { Team = null, Role = null, ApiKeyId = null, RemoteAddress = null });
        await Store.Audit.AppendAsync(Entry("b"));

        Assert.Equal(
            "a|req|||create-database|/databases|accepted|202| b|req|checkout|product-team|create-database|/databases|accepted|202|::1",
            await Store.SqlAsync("SELECT string_agg(concat_ws('|', id, request_id, coalesce(team, ''), coalesce(role, ''), action, resource, outcome, status, coalesce(remote_address, '')), ' ' ORDER BY id) FROM audit_log"));
    }

    [PostgresFact]
    public async Task The_same_entry_again_is_there_already()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Store.Audit.AppendAsync(Entry("a"))));
        Assert.Equal("1", await Store.SqlAsync("SELECT count(*) FROM audit_log"));
    }

    [PostgresFact]
    public async Task Nothing_in_it_can_be_changed_or_removed()
    {
        await Store.Audit.AppendAsync(Entry("a"));
        foreach (var sql in new[] { "UPDATE audit_log SET outcome = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => Store.SqlAsync(sql));
            Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        }

        Assert.Equal("1", await Store.SqlAsync("SELECT count(*) FROM audit_log WHERE outcome = 'accepted'"));
    }

    [PostgresFact]
    public async Task Its_owner_has_no_privilege_to_change_it()
    {
        var privileges = await Store.SqlAsync(
            "SELECT string_agg(DISTINCT privilege_type, ',' ORDER BY privilege_type) FROM pg_class, aclexplode(relacl) WHERE relname = 'audit_log'");
        Assert.DoesNotContain("UPDATE", privileges, StringComparison.Ordinal);
        Assert.DoesNotContain("DELETE", privileges, StringComparison.Ordinal);
        Assert.DoesNotContain("TRUNCATE", privileges, StringComparison.Ordinal);
        Assert.Contains("INSERT", privileges, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task It_is_listed_newest_first_page_by_page_while_entries_are_added()
    {
        await AddAsync(5);
        var first = await Store.AuditListing.ListAsync(new(), new(2, null), CancellationToken.None);
        await Store.Audit.AppendAsync(At(9));
        var second = await Store.AuditListing.ListAsync(new(), new(2, first.Next), CancellationToken.None);
        var third = await Store.AuditListing.ListAsync(new(), new(2, second.Next), CancellationToken.None);
        Assert.Equal(["r4", "r3", "r2", "r1", "r0"], first.Items.Concat(second.Items).Concat(third.Items).Select(entry => entry.RequestId));
        Assert.Null(third.Next);
        Assert.Equal(At(4) with { Id = first.Items[0].Id }, first.Items[0]);
        await Assert.ThrowsAsync<ProblemException>(() => Store.AuditListing.ListAsync(new(), new(2, "x"), CancellationToken.None));
    }

    [PostgresFact]
    public async Task Every_filter_leaves_out_what_it_does_not_ask_for()
    {
        await AddAsync(3);
        await Store.Audit.AppendAsync(At(3) with { Team = "search", Action = "delete-tier", Resource = "/tiers/x", Outcome = "forbidden", ApiKeyId = "other" });
        AuditFilter[] filters =
        [
            new(Team: "search"), new(Action: "delete-tier"), new(Resource: "/tiers/x"), new(Outcome: "forbidden"), new(ApiKeyId: "other"),
            new(From: At(3).At), new("search", "delete-tier", "/tiers/x", "forbidden", "other", At(2).At, At(4).At),
        ];
        foreach (var filter in filters)
            Assert.Equal(["r3"], await ListAsync(filter));
        Assert.Equal(["r2", "r1", "r0"], await ListAsync(new(Outcome: "accepted")));
        Assert.Equal(["r2", "r1", "r0"], await ListAsync(new(To: At(3).At)));
        Assert.Equal(["r1"], await ListAsync(new("checkout", From: At(1).At, To: At(1).At.AddTicks(10))));
        Assert.Equal(["r3", "r2", "r1", "r0"], await ListAsync(new(From: DateTimeOffset.MinValue, To: DateTimeOffset.MaxValue)));
        Assert.Empty(await ListAsync(new("checkout", ApiKeyId: "other")));
    }

    private async Task<IEnumerable<string>> ListAsync(AuditFilter filter) =>
        (await Store.AuditListing.ListAsync(filter, new(50, null), CancellationToken.None)).Items.Select(entry => entry.RequestId);

    private Task AddAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(number => Store.Audit.AppendAsync(At(number))));

    private static AuditEntry At(int second)
    {
        var at = Samples.Noon.AddSeconds(second);
        return Entry(SortableId.New(at)) with { At = at, RequestId = $"r{second}" };
    }

    private static AuditEntry Entry(string id) =>
        new(id, Samples.Noon, "req", "checkout", "product-team", "k", "create-database", "/databases", "accepted", 202, "::1");
}
