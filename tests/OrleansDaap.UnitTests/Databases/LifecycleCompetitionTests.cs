using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>Requests that come while the work of an earlier one is under way.</summary>
public sealed class LifecycleCompetitionTests : IAsyncLifetime
{
    private static readonly ResourceAmounts Place = new(1, 1, 10, 1);
    private DatabaseSilo _silo = null!;

    public async Task InitializeAsync() => _silo = await DatabaseSilo.StartAsync();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task Freezing_while_the_cluster_is_being_made_ends_frozen_and_can_be_undone()
    {
        _silo.Backend.Manual = true;
        await _silo.Database.CreateAsync(DatabaseSilo.Request);
        await _silo.ReconcileAsync();
        await _silo.Database.DestroyAsync(hard: false);

        var frozen = await _silo.GoOnAsync();
        Assert.Equal((DatabaseStatus.Frozen, null), (frozen.Status, frozen.ReadyAt));
        Assert.Equal([OperationStatus.Failed, OperationStatus.Succeeded], Outcomes(frozen));
        Assert.Equal(Place, await _silo.UsedAsync("dev"));

        await _silo.Database.UnfreezeAsync();
        Assert.Equal(DatabaseStatus.Ready, (await _silo.ReconcileAsync()).Status);
    }

    [Fact]
    public async Task Freezing_while_it_is_being_unfrozen_ends_frozen()
    {
        await _silo.CreateFrozenAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.UnfreezeAsync();
        await _silo.ReconcileAsync();

        var accepted = await _silo.Database.DestroyAsync(hard: false);
        Assert.Equal(OperationKind.Freeze, accepted.Operations[^1].Kind);
        var frozen = await _silo.GoOnAsync();

        Assert.Equal((DatabaseStatus.Frozen, ClusterPhase.Stopped), (frozen.Status, frozen.Observed?.Phase));
        Assert.Equal("superseded", frozen.Operations[^2].Error?.Code);
        Assert.Equal(Place, await _silo.UsedAsync("dev"));
    }

    [Fact]
    public async Task Removing_while_it_is_being_unfrozen_removes_it()
    {
        await _silo.CreateFrozenAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.UnfreezeAsync();
        await _silo.ReconcileAsync();
        await _silo.Database.DestroyAsync(hard: true);

        await GoneAsync(await _silo.GoOnAsync());
    }

    [Fact]
    public async Task Removing_while_it_is_being_frozen_removes_it()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.DestroyAsync(hard: false);
        await _silo.ReconcileAsync();
        await _silo.Database.DestroyAsync(hard: true);

        var gone = await _silo.GoOnAsync();
        await GoneAsync(gone);
        Assert.Equal([OperationStatus.Succeeded, OperationStatus.Failed, OperationStatus.Succeeded], Outcomes(gone));
    }

    [Fact]
    public async Task Unfreezing_while_it_is_being_frozen_is_refused_and_possible_afterwards()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.DestroyAsync(hard: false);
        await _silo.ReconcileAsync();
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.UnfreezeAsync());
        Assert.Equal((ProblemCode.InvalidState, "ready"), (refusal.Code, refusal.CurrentStatus));

        Assert.Equal(DatabaseStatus.Frozen, (await _silo.GoOnAsync()).Status);
        await _silo.Database.UnfreezeAsync();
        Assert.Equal(DatabaseStatus.Ready, (await _silo.ReconcileAsync()).Status);
    }

    [Fact]
    public async Task Of_two_that_unfreeze_at_once_one_does()
    {
        await _silo.CreateFrozenAsync();
        _silo.Backend.Manual = true;

        var outcomes = await Task.WhenAll(
            Record.ExceptionAsync(() => _silo.Database.UnfreezeAsync()), Record.ExceptionAsync(() => _silo.Database.UnfreezeAsync()));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Single(outcomes, outcome => outcome is ProblemException { Code: ProblemCode.InvalidState });
        Assert.Single((await _silo.GoOnAsync()).Operations, operation => operation.Kind == OperationKind.Unfreeze);
    }

    [Fact]
    public async Task Two_that_freeze_at_once_do_it_once()
    {
        await _silo.CreateReadyAsync();

        await Task.WhenAll(_silo.Database.DestroyAsync(hard: false), _silo.Database.DestroyAsync(hard: false));
        var frozen = await _silo.ReconcileAsync();

        Assert.Equal(DatabaseStatus.Frozen, frozen.Status);
        Assert.Single(frozen.Operations, operation => operation.Kind == OperationKind.Freeze);
    }

    [Fact]
    public async Task A_freeze_and_a_removal_at_once_end_in_removal()
    {
        await _silo.CreateReadyAsync();

        await Task.WhenAll(_silo.Database.DestroyAsync(hard: false), _silo.Database.DestroyAsync(hard: true), _silo.Database.DestroyAsync(hard: false));

        await GoneAsync(await _silo.GoOnAsync());
    }

    [Fact]
    public async Task Nothing_brings_back_what_is_being_removed()
    {
        await _silo.CreateReadyAsync();
        _silo.Backend.Manual = true;
        await _silo.Database.DestroyAsync(hard: true);
        await _silo.ReconcileAsync();

        foreach (var request in new Func<Task>[]
        {
            () => _silo.Database.UnfreezeAsync(),
            () => _silo.Database.ChangeAsync(new DatabaseChange(null, null, true)),
            () => _silo.Database.MoveAsync("dev"),
        })
        {
            Assert.Equal(ProblemCode.InvalidState, (await Assert.ThrowsAsync<ProblemException>(request)).Code);
        }

        await GoneAsync(await _silo.GoOnAsync());
    }

    [Fact]
    public async Task Protection_keeps_a_database_in_whatever_state_from_both_ways_of_deleting()
    {
        _silo.Backend.Manual = true;
        await _silo.Database.CreateAsync(DatabaseSilo.Request with { DeletionProtection = true });
        await _silo.ReconcileAsync();
        await ProtectedAsync();
        _silo.Backend.Stall(DatabaseSilo.Id);
        await _silo.GoOnAsync();
        await ProtectedAsync();

        await _silo.Database.ChangeAsync(new DatabaseChange(null, null, false));
        await _silo.Database.DestroyAsync(hard: false);
        _silo.Backend.Heal(DatabaseSilo.Id);
        Assert.Equal(DatabaseStatus.Frozen, (await _silo.GoOnAsync()).Status);

        await _silo.Database.ChangeAsync(new DatabaseChange(null, null, true));
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.DestroyAsync(hard: true));
        Assert.Equal(ProblemCode.DeletionProtected, refusal.Code);
        await _silo.Database.UnfreezeAsync();
        Assert.Equal(DatabaseStatus.Ready, (await _silo.ReconcileAsync()).Status);
        await ProtectedAsync();
    }

    [Fact]
    public async Task Of_protecting_and_deleting_at_once_the_first_counts()
    {
        await _silo.CreateReadyAsync();

        var protecting = _silo.Database.ChangeAsync(new DatabaseChange(null, null, true));
        var deleting = Record.ExceptionAsync(() => _silo.Database.DestroyAsync(hard: true));
        var outcomes = (Protected: await Record.ExceptionAsync(() => protecting), Deleted: await deleting);
        var end = await _silo.GoOnAsync();

        Assert.NotEqual(outcomes.Protected is null, outcomes.Deleted is null);
        Assert.Equal(outcomes.Deleted is null ? DatabaseStatus.Deleted : DatabaseStatus.Ready, end.Status);
        Assert.Equal(outcomes.Deleted is null, !end.DeletionProtection);
    }

    [Fact]
    public async Task A_frozen_database_keeps_its_place_and_is_unfrozen_over_any_limit()
    {
        await _silo.CreateFrozenAsync();
        Assert.Equal(Place, await _silo.UsedAsync("dev"));
        await _silo.Quota("dev").SetLimitsAsync(new QuotaLimits { CpuCores = 0, MemoryGib = 0, StorageGib = 0, Databases = 0 });

        await _silo.Database.UnfreezeAsync();

        Assert.Equal(DatabaseStatus.Ready, (await _silo.ReconcileAsync()).Status);
        Assert.Equal(Place, await _silo.UsedAsync("dev"));
    }

    [Fact]
    public async Task Its_version_changes_with_what_a_client_sees_and_with_nothing_else()
    {
        var ready = await _silo.CreateReadyAsync();
        var renamed = await _silo.Database.ChangeAsync(new DatabaseChange(null, "another purpose", null));
        Assert.NotEqual(ready.ETag, renamed.ETag);

        // A failed attempt is told once; that it is tried again is written and not told.
        _silo.Backend.FailWith(DatabaseSilo.Id, "disk-full", "The disk is full; make room.");
        await _silo.Database.ChangeAsync(new DatabaseChange("payments", null, null));
        await _silo.ReconcileAsync();
        var failed = await _silo.StateAsync();
        _silo.Backend.Manual = true;
        var writes = _silo.Silo.Storage.Writes;
        _silo.Silo.Clock.Advance(new DatabaseOptions().RetryAtLeastEvery);
        await _silo.ReconcileAsync();

        Assert.NotEqual(writes, _silo.Silo.Storage.Writes);
        Assert.Equal((DatabaseStatus.Error, failed.ETag), ((await _silo.StateAsync()).Status, (await _silo.StateAsync()).ETag));
        await _silo.Database.ChangeAsync(new DatabaseChange(null, "a third", null), new IfMatch([failed.ETag!]));
    }

    private static IEnumerable<OperationStatus> Outcomes(DatabaseState state) => state.Operations.Select(operation => operation.Status);

    private async Task ProtectedAsync()
    {
        foreach (var hard in new[] { false, true })
        {
            var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Database.DestroyAsync(hard));
            Assert.Equal(ProblemCode.DeletionProtected, refusal.Code);
        }
    }

    private async Task GoneAsync(DatabaseState state)
    {
        Assert.Equal(DatabaseStatus.Deleted, state.Status);
        Assert.NotNull(state.DeletedAt);
        Assert.Equal(ClusterObservation.Absent, await _silo.Backend.ObserveAsync(DatabaseSilo.Id, default));
        Assert.Equal(ResourceAmounts.Zero, await _silo.UsedAsync("dev"));
        Assert.Equal(state.ETag, (await _silo.Database.DestroyAsync(hard: true)).ETag);
    }
}
