using Npgsql;
using Orleans;
using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Storage.Audit;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;
using OrleansDaap.Storage.Writes;
using OrleansDaap.Testing;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

/// <summary>A change and its audit entry are one: both are there, or neither.</summary>
public sealed class AuditedStateTests(PostgresFixture postgres) : StorageTest(postgres)
{
    [PostgresFact]
    public async Task An_entry_is_stored_with_the_state_that_it_tells_of_and_not_in_it()
    {
        var row = await Store.WriteAsync("tier", "small", Samples.Tier() with { Audit = Entry("created") });
        row.State = Samples.Tier() with { Revision = 2, Audit = Entry("changed") };
        await Store.WriteAsync("tier", "small", row);
        Assert.Equal("changed,created", await EntriesAsync());
        Assert.DoesNotContain("audit", await Store.SqlAsync("SELECT state FROM grain_state"), StringComparison.Ordinal);
        Assert.Null((await Store.ReadAsync<TierState>("tier", "small")).State.Audit);

        row.State = row.State with { Audit = Entry("deleted") };
        await Store.ClearAsync("tier", "small", row);
        Assert.Equal("changed,created,deleted", await EntriesAsync());
        Assert.Equal(
            "req checkout product-team k create-database /databases accepted 202 ::1 2026-03-01",
            await Store.SqlAsync("SELECT concat_ws(' ', request_id, team, role, api_key_id, action, resource, outcome, status, remote_address, at::date) FROM audit_log LIMIT 1"));
    }

    [PostgresFact]
    public async Task A_state_that_is_written_for_nobody_leaves_no_entry()
    {
        await Store.WriteAsync("quota", "small", new QuotaState());
        Assert.Equal("", await EntriesAsync());
    }

    [PostgresFact]
    public async Task A_state_that_is_refused_leaves_no_entry()
    {
        var row = await Store.AddAsync(Samples.Database("orders"));
        await Store.AddAsync(Samples.Database("carts", second: 1));
        var stale = new GrainState<DatabaseState>(row.State with { Audit = Entry("stale") }, "999999");
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteAsync("database", row.State.Id.Value, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.ClearAsync("database", row.State.Id.Value, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.AddAsync(row.State with { Audit = Entry("there") }));
        await Assert.ThrowsAsync<UniqueKeyTakenException>(() => Store.AddAsync(Samples.Database("orders", second: 2) with { Audit = Entry("taken") }));
        row.State = row.State with { Name = "carts", Audit = Entry("renamed") };
        await Assert.ThrowsAsync<UniqueKeyTakenException>(() => Store.WriteAsync("database", row.State.Id.Value, row));
        await Assert.ThrowsAsync<PostgresException>(() => Store.AddAsync(Samples.Database("bad", second: 3) with { Purpose = "a\0b", Audit = Entry("bad") }));
        Assert.Equal("", await EntriesAsync());
    }

    [PostgresFact]
    public async Task A_batch_that_has_to_be_written_again_leaves_each_entry_once_and_none_for_whom_it_refuses()
    {
        // One that PostgreSQL cannot hold takes the others along, and they go again; of the same name only one is made.
        var good = Insert("good", "a");
        Write[] writes = [good, Insert("good", "b"), Insert("bad", "c", purpose: "a\\u0000b"), Insert("other", "d"), new AuditAppend(Entry("e"))];
        await using var writer = new BatchWriter(Store.Get<PlatformDatabase>(), TimeProvider.System);
        await writer.WriteAsync(writes);
        var outcomes = await Task.WhenAll(writes.Select(write => Record.ExceptionAsync(() => write.Done)));
        Assert.Equal([null, typeof(UniqueKeyTakenException), typeof(PostgresException), null, null], outcomes.Select(outcome => outcome?.GetType()));
        Assert.Equal("a,d,e", await EntriesAsync());
    }

    [PostgresFact]
    public async Task An_entry_whose_writer_was_not_told_and_asks_again_is_there_once()
    {
        await Store.WriteAsync("tier", "small", Samples.Tier() with { Audit = Entry("created") });
        await Store.Audit.AppendAsync(Entry("created"));
        Assert.Equal("created", await EntriesAsync());
    }

    private static StateInsert Insert(string name, string entry, string purpose = "x") => new(
        "database",
        $"{name}-{entry}",
        $$"""{"name": "{{name}}", "owner_team": "checkout", "status": "ready", "purpose": "{{purpose}}"}""",
        Samples.Noon,
        Entry(entry));

    private Task<string?> EntriesAsync() => Store.SqlAsync("SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM audit_log");

    private static AuditEntry Entry(string id) =>
        new(id, Samples.Noon, "req", "checkout", "product-team", "k", "create-database", "/databases", "accepted", 202, "::1");
}
