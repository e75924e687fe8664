using Npgsql;
using OrleansDaap.Access;
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

    private static AuditEntry Entry(string id) =>
        new(id, Samples.Noon, "req", "checkout", Role.ProductTeam, "k", "create-database", "/databases", "accepted", 202, "::1");
}
