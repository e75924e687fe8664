using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class QuotaLedgerTests(PostgresFixture postgres) : StorageTest(postgres)
{
    private static readonly DatabaseId A = DatabaseId.New(Samples.Noon);
    private static readonly DatabaseId B = DatabaseId.New(Samples.Noon);

    [PostgresFact]
    public async Task A_ledger_that_was_never_written_is_empty_at_version_zero()
    {
        var ledger = await Store.Ledger.ReadAsync("small");
        Assert.Equal(0, ledger.Version);
        Assert.Empty(ledger.Reservations);
    }

    [PostgresFact]
    public async Task Reservations_are_added_replaced_and_removed()
    {
        var version = await Store.Ledger.WriteAsync("small", 0, [Reserve(A, 1), Reserve(B, 2)], []);
        version = await Store.Ledger.WriteAsync("small", version, [Reserve(A, 3.25m)], [B]);

        var ledger = await Store.Ledger.ReadAsync("small");

        Assert.Equal(version, ledger.Version);
        Assert.Equal([Reserve(A, 3.25m)], ledger.Reservations);
    }

    [PostgresFact]
    public async Task An_emptied_ledger_keeps_its_version()
    {
        var version = await Store.Ledger.WriteAsync("small", 0, [Reserve(A, 1)], []);
        version = await Store.Ledger.WriteAsync("small", version, [], [A]);
        Assert.Equal((version, 0), ((await Store.Ledger.ReadAsync("small")).Version, (await Store.Ledger.ReadAsync("small")).Reservations.Count));
    }

    [PostgresFact]
    public async Task A_write_from_another_version_is_refused_and_changes_nothing()
    {
        var version = await Store.Ledger.WriteAsync("small", 0, [Reserve(A, 1)], []);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.Ledger.WriteAsync("small", 0, [Reserve(B, 1)], [A]));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.Ledger.WriteAsync("small", version + 1, [Reserve(B, 1)], [A]));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.Ledger.WriteAsync("unknown", 7, [Reserve(B, 1)], []));

        Assert.Equal([Reserve(A, 1)], (await Store.Ledger.ReadAsync("small")).Reservations);
        Assert.Empty((await Store.Ledger.ReadAsync("unknown")).Reservations);
    }

    [PostgresFact]
    public async Task Of_writers_that_reckoned_from_one_version_one_wins()
    {
        var writes = Enumerable.Range(0, 8).Select(i => Store.Ledger.WriteAsync("small", 0, [Reserve(DatabaseId.New(Samples.Noon), i)], []));
        var outcomes = await Task.WhenAll(writes.Select(write => Record.ExceptionAsync(() => write)));
        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(7, outcomes.Count(outcome => outcome is InconsistentStateException));
        Assert.Single((await Store.Ledger.ReadAsync("small")).Reservations);
    }

    [PostgresFact]
    public async Task Ledgers_of_many_tiers_are_written_together()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Store.Ledger.WriteAsync($"t{i}", 0, [Reserve(A, i)], [])));
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal([Reserve(A, i)], (await Store.Ledger.ReadAsync($"t{i}")).Reservations);
        }
    }

    [PostgresFact]
    public async Task Stray_are_old_reservations_without_a_database_or_of_one_whose_cluster_is_gone()
    {
        var ready = Samples.Database("ready");
        var archived = Samples.Database("archived", status: DatabaseStatus.Archived);
        var deleted = Samples.Database("deleted", status: DatabaseStatus.Deleted);
        foreach (var database in new[] { ready, archived, deleted })
        {
            await Store.AddAsync(database);
        }

        var version = await Store.Ledger.WriteAsync("small", 0, [.. new[] { ready.Id, archived.Id, deleted.Id, A }.Select(id => new Reservation(id, ready.Cost!))], []);
        await Store.SqlAsync("UPDATE quota_reservation SET reserved_at = '2026-01-01'");
        await Store.Ledger.WriteAsync("small", version, [Reserve(B, 1)], []);
        await Store.Ledger.WriteAsync("large", 0, [Reserve(B, 1)], []);

        var strays = await Store.Ledger.ListStrayAsync("small", new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

        Assert.Equal(new[] { archived.Id, deleted.Id, A }.Select(id => new Reservation(id, ResourceAmounts.Zero)).ToHashSet(), [.. strays]);
    }

    [PostgresFact]
    public async Task What_a_move_holds_is_no_stray_and_what_one_that_came_to_nothing_left_is()
    {
        var moving = Samples.Database("moving", tier: "large") with { MovingFrom = ["small"] };
        var growing = Samples.Database("growing") with { MovingFrom = ["small"] };
        var moved = Samples.Database("moved", tier: "large");
        var settled = Samples.Database("settled");
        foreach (var database in new[] { moving, growing, moved, settled })
        {
            await Store.AddAsync(database);
        }

        // All that a move may hold at its most, in the old tier and in the new one; "spare" was reserved for a move that was never recorded.
        var much = new ResourceAmounts(9, 9, 90, 1);
        foreach (var tier in new[] { "small", "large", "spare" })
        {
            await Store.Ledger.WriteAsync(tier, 0, [.. new[] { moving, growing, moved, settled }.Select(one => new Reservation(one.Id, much))], []);
        }

        await Store.SqlAsync("UPDATE quota_reservation SET reserved_at = '2026-01-01'");

        Assert.Equal(new HashSet<Reservation> { new(moved.Id, ResourceAmounts.Zero), new(settled.Id, settled.Cost!) }, await StraysAsync("small"));
        Assert.Equal(
            new HashSet<Reservation> { new(growing.Id, ResourceAmounts.Zero), new(settled.Id, ResourceAmounts.Zero), new(moved.Id, moved.Cost!) },
            await StraysAsync("large"));
        Assert.Equal(4, (await StraysAsync("spare")).Count(one => one.Cost == ResourceAmounts.Zero));

        await Store.Ledger.WriteAsync("large", 1, [new Reservation(moved.Id, moved.Cost!)], []);
        await Store.SqlAsync("UPDATE quota_reservation SET reserved_at = '2026-01-01'");
        Assert.DoesNotContain(await StraysAsync("large"), one => one.DatabaseId == moved.Id);
    }

    private async Task<HashSet<Reservation>> StraysAsync(string tier) =>
        [.. await Store.Ledger.ListStrayAsync(tier, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero))];

    private static Reservation Reserve(DatabaseId id, decimal cores) => new(id, new ResourceAmounts(cores, 2 * cores, 10, 1));
}
