using Orleans;
using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class GrainStateTests(PostgresFixture postgres) : StorageTest(postgres)
{
    [PostgresFact]
    public async Task A_state_is_read_as_it_was_written()
    {
        var database = Samples.Database("orders") with
        {
            MovingFrom = ["small", "large"],
            Extensions = [new PostgresExtension("plpgsql", "1.0")],
            ExtensionsObservedAt = Samples.Noon,
        };
        var written = await Store.AddAsync(database);
        Assert.True(written.RecordExists);

        var read = await Store.ReadAsync<DatabaseState>("database", database.Id.Value);

        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(database.Operations[0].Steps, read.State.Operations[0].Steps);
        Assert.Equal(database.MovingFrom, read.State.MovingFrom);
        Assert.Equal(database.Extensions, read.State.Extensions);
        Assert.Equal(
            database with { Operations = [], MovingFrom = [], Extensions = [] }, read.State with { Operations = [], MovingFrom = [], Extensions = [] });
    }

    [PostgresFact]
    public async Task The_stored_json_is_snake_case_without_nulls_or_type_names()
    {
        var database = Samples.Database("orders");
        await Store.AddAsync(database);

        var json = await Store.SqlAsync("SELECT state::text FROM grain_state");

        Assert.Contains("\"owner_team\": \"checkout\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
        Assert.DoesNotContain("$type", json, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_state_that_was_never_written_is_a_new_one_without_an_etag()
    {
        var read = await Store.ReadAsync<TierState>("tier", "nowhere");
        Assert.Equal((false, null, ""), (read.RecordExists, read.ETag, read.State.Id));
    }

    [PostgresFact]
    public async Task A_write_with_a_stale_etag_is_refused_and_changes_nothing()
    {
        var first = await Store.WriteAsync("tier", "small", Samples.Tier());
        var stale = new GrainState<TierState>(Samples.Tier() with { Revision = 9 }, first.ETag);
        first.State = first.State with { Revision = 2 };
        await Store.WriteAsync("tier", "small", first);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteAsync("tier", "small", stale));

        Assert.Equal(2, (await Store.ReadAsync<TierState>("tier", "small")).State.Revision);
    }

    [PostgresFact]
    public async Task A_write_without_an_etag_is_refused_where_there_is_a_record()
    {
        await Store.WriteAsync("tier", "small", Samples.Tier());
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteAsync("tier", "small", Samples.Tier() with { Revision = 9 }));
        Assert.Equal(1, (await Store.ReadAsync<TierState>("tier", "small")).State.Revision);
    }

    [PostgresFact]
    public async Task Clearing_with_a_stale_etag_is_refused_and_with_the_current_one_removes_the_record()
    {
        var first = await Store.WriteAsync("tier", "small", Samples.Tier());
        var second = await Store.WriteAsync("tier", "small", first.State, first.ETag);

        var stale = new GrainState<TierState>(first.State, "999999");
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.ClearAsync("tier", "small", stale));
        await Store.ClearAsync("tier", "small", second);

        Assert.Equal((false, null), (second.RecordExists, second.ETag));
        Assert.False((await Store.ReadAsync<TierState>("tier", "small")).RecordExists);
    }

    [PostgresFact]
    public async Task An_etag_of_a_removed_record_does_not_fit_the_next_one_of_the_same_key()
    {
        var former = await Store.WriteAsync("tier", "small", Samples.Tier());
        var stale = new GrainState<TierState>(former.State, former.ETag);
        await Store.ClearAsync("tier", "small", former);
        await Store.WriteAsync("tier", "small", Samples.Tier());

        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteAsync("tier", "small", stale));
    }

    [PostgresFact]
    public async Task Two_live_databases_of_a_team_cannot_have_one_name()
    {
        await Store.AddAsync(Samples.Database("orders"));
        await Store.AddAsync(Samples.Database("orders", team: "billing"));

        var taken = await Assert.ThrowsAsync<UniqueKeyTakenException>(() => Store.AddAsync(Samples.Database("orders")));

        Assert.Equal("database_name", taken.Key);
        Assert.Equal("2", await Store.SqlAsync("SELECT count(*) FROM grain_state"));
    }

    [PostgresFact]
    public async Task A_name_is_free_again_when_its_database_is_archived_or_deleted()
    {
        foreach (var gone in new[] { DatabaseStatus.Archived, DatabaseStatus.Deleted })
        {
            var row = await Store.AddAsync(Samples.Database("orders"));
            row.State = row.State with { Status = gone };
            await Store.WriteAsync("database", row.State.Id.Value, row);
        }

        await Store.AddAsync(Samples.Database("orders"));
    }

    [PostgresFact]
    public async Task Moving_a_database_to_a_team_where_its_name_is_taken_is_refused()
    {
        await Store.AddAsync(Samples.Database("orders", team: "billing"));
        var row = await Store.AddAsync(Samples.Database("orders"));
        row.State = row.State with { OwnerTeam = "billing" };

        var taken = await Assert.ThrowsAsync<UniqueKeyTakenException>(() => Store.WriteAsync("database", row.State.Id.Value, row));

        Assert.Equal("database_name", taken.Key);
    }
}
