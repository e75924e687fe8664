using Npgsql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class GroupCommitTests(PostgresFixture postgres) : StorageTest(postgres)
{
    [PostgresFact]
    public async Task Writes_that_wait_together_are_committed_together()
    {
        var before = await CommitsAsync();
        var writes = await WhileTheWritersAreBusyAsync(() => [.. Enumerable.Range(0, 100).Select(i => (Task)Store.AddAsync(Samples.Database($"db{i}")))]);
        await Task.WhenAll(writes);
        Assert.InRange(await CommitsAsync() - before, 1, 2 * WriteQueue.Writers);
    }

    [PostgresFact]
    public async Task A_stale_write_in_a_batch_fails_alone()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Store.WriteAsync("tier", $"t{i}", Samples.Tier($"t{i}"))));
        rows[4].ETag = "999999";

        var writes = await WhileTheWritersAreBusyAsync(() => [.. rows.Select(row => Store.WriteAsync("tier", row.State.Id, row))]);

        await Assert.ThrowsAsync<InconsistentStateException>(() => writes[4]);
        await Task.WhenAll(writes.Where((_, i) => i != 4));
    }

    [PostgresFact]
    public async Task A_taken_name_among_new_databases_hurts_only_its_own()
    {
        await Store.AddAsync(Samples.Database("db7"));

        var writes = await WhileTheWritersAreBusyAsync(() => [.. Enumerable.Range(0, 20).Select(i => (Task)Store.AddAsync(Samples.Database($"db{i}")))]);

        await Assert.ThrowsAsync<UniqueKeyTakenException>(() => writes[7]);
        await Task.WhenAll(writes.Where((_, i) => i != 7));
    }

    [PostgresFact]
    public async Task A_taken_name_among_changed_databases_hurts_only_its_own()
    {
        await Store.AddAsync(Samples.Database("db7", team: "billing"));
        var rows = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.AddAsync(Samples.Database($"db{i}"))));

        var writes = await WhileTheWritersAreBusyAsync(() => [.. rows.Select(row =>
        {
            row.State = row.State with { OwnerTeam = "billing" };
            return Store.WriteAsync("database", row.State.Id.Value, row);
        })]);

        await Assert.ThrowsAsync<UniqueKeyTakenException>(() => writes[7]);
        await Task.WhenAll(writes.Where((_, i) => i != 7));
        Assert.Equal("20", await Store.SqlAsync("SELECT count(*) FROM grain_state WHERE owner_team = 'billing'"));
    }

    [PostgresFact]
    public async Task Of_two_new_databases_with_one_name_in_a_batch_one_is_made()
    {
        var writes = await WhileTheWritersAreBusyAsync(() => [Store.AddAsync(Samples.Database("orders")), Store.AddAsync(Samples.Database("orders"))]);

        var outcomes = await Task.WhenAll(writes.Select(write => Record.ExceptionAsync(() => write)));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Single(outcomes, outcome => outcome is UniqueKeyTakenException);
    }

    [PostgresFact]
    public async Task Of_two_writes_of_one_row_the_later_sees_what_the_earlier_did()
    {
        var row = await Store.WriteAsync("tier", "small", Samples.Tier());

        var writes = await WhileTheWritersAreBusyAsync(() =>
            [.. Enumerable.Range(0, 5).Select(_ => (Task)Store.WriteAsync("tier", "small", Samples.Tier(), row.ETag))]);
        var outcomes = await Task.WhenAll(writes.Select(write => Record.ExceptionAsync(() => write)));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(4, outcomes.Count(outcome => outcome is InconsistentStateException));
    }

    [PostgresFact]
    public async Task What_was_accepted_is_committed_before_the_queue_closes_and_nothing_after()
    {
        var write = Store.WriteAsync("tier", "small", Samples.Tier());
        await Store.Get<WriteQueue>().DrainAsync();

        // Asked of PostgreSQL: whoever waits for the write may be told a moment after the queue has closed.
        Assert.Equal("1", await Store.SqlAsync("SELECT count(*) FROM grain_state"));
        await write;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.WriteAsync("tier", "large", Samples.Tier()));
    }

    [PostgresFact]
    public async Task A_state_that_postgres_cannot_hold_fails_alone()
    {
        var writes = await WhileTheWritersAreBusyAsync(() =>
        [
            Store.AddAsync(Samples.Database("good")),
            Store.AddAsync(Samples.Database("bad") with { Purpose = "a\0b" }),
            Store.Reminders.UpsertRow(new ReminderEntry { GrainId = GrainId.Create("database", "x"), ReminderName = "r" }),
        ]);

        await writes[0];
        await Assert.ThrowsAsync<PostgresException>(() => writes[1]);
        await writes[2];
    }

    private async Task<long> CommitsAsync() =>
        long.Parse((await Store.SqlAsync("SELECT count(DISTINCT xmin::text) FROM grain_state"))!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Holds the table, and every writer at it, until the writes wait, so that they go together.</summary>
    private async Task<Task[]> WhileTheWritersAreBusyAsync(Func<Task[]> write)
    {
        await using var holder = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE grain_state IN ACCESS EXCLUSIVE MODE", holder);
        await hold.ExecuteNonQueryAsync();
        var busy = new List<Task>();
        for (var writer = 1; writer <= WriteQueue.Writers; writer++)
        {
            busy.Add(Store.WriteAsync("filler", $"f{writer}", Samples.Tier()));
            while (await Store.SqlAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted") != $"{writer}")
            {
            }
        }

        var writes = write();
        await transaction.RollbackAsync();
        await Task.WhenAll(busy);
        return writes;
    }
}
