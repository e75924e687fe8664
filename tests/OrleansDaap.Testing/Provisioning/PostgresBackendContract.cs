using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.Testing.Provisioning;

/// <summary>What every backend promises. Derive one class per backend; each test uses clusters of its own and destroys them.</summary>
public abstract partial class PostgresBackendContract : IAsyncLifetime
{
    private readonly List<DatabaseId> _used = [];

    protected abstract IPostgresBackend Backend { get; }

    protected virtual BackendTraits Traits { get; } = new();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var id in _used) await Backend.DestroyAsync(id, keepBackups: false, CancellationToken.None);
        foreach (var id in _used) await Backend.WaitForAsync(id, ClusterPhase.Absent);
    }

    [DependentFact]
    public async Task An_applied_cluster_becomes_ready_and_says_where_it_answers()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        var seen = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);

        Assert.Equal(1, seen.Generation);
        Assert.StartsWith($"{spec.PostgresVersion}.", seen.PostgresVersion, StringComparison.Ordinal);
        Assert.NotNull(seen.Endpoint);
        Assert.InRange(seen.Endpoint.Port, 1, 65535);
        Assert.Null(seen.Endpoint.PooledPort);
        Assert.Null(seen.Reason);
    }

    [DependentFact]
    public async Task A_cluster_with_a_pooler_answers_at_two_ports()
    {
        var spec = await NewSpecAsync() with { Pooler = new PoolerSpec(PoolMode.Transaction, 100) };
        await Backend.ApplyAsync(spec, default);
        var endpoint = (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready)).Endpoint;

        Assert.NotNull(endpoint?.PooledPort);
        Assert.NotNull(endpoint.PooledHost);
        Assert.NotEqual((endpoint.Host, endpoint.Port), (endpoint.PooledHost, endpoint.PooledPort.Value));
    }

    [DependentFact]
    public async Task Applying_the_same_spec_again_changes_nothing()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        var before = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.ApplyAsync(spec, default);

        Assert.Equal(before, await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready));
    }

    [DependentFact]
    public async Task That_a_cluster_has_data_by_now_changes_nothing_of_it()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        var before = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.ApplyAsync(spec with { HasData = true }, default);

        Assert.Equal(before, await Backend.ObserveAsync(spec.Id, default));
        Assert.Equal(before, await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready));
    }

    [DependentFact]
    public async Task A_cluster_that_had_data_is_never_made_empty()
    {
        foreach (var frozen in new[] { false, true })
        {
            var spec = await NewSpecAsync() with { HasData = true, Frozen = frozen };
            await Backend.ApplyAsync(spec, default);

            Assert.Equal("data-missing", (await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed)).Reason?.Code);
        }
    }

    [DependentFact]
    public async Task Applying_many_times_at_once_makes_one_cluster()
    {
        var spec = await NewSpecAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Backend.ApplyAsync(spec, default)));

        Assert.Equal(1, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready)).Generation);
    }

    [DependentFact]
    public async Task A_spec_of_an_older_generation_is_ignored()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec with { Generation = 5 }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 5);
        await Backend.ApplyAsync(spec with { Generation = 4, Frozen = true }, default);

        var seen = await Backend.ObserveAsync(spec.Id, default);
        Assert.Equal((ClusterPhase.Ready, 5), (seen.Phase, seen.Generation));
    }

    [DependentFact]
    public async Task A_newer_generation_replaces_one_that_is_still_being_worked_on()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        await Backend.ApplyAsync(spec with { Generation = 2, OwnerTeam = "payments" }, default);

        Assert.Equal(2, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready)).Generation);
    }

    [DependentFact]
    public async Task A_frozen_cluster_is_stopped_and_an_unfrozen_one_answers_where_it_did()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        var before = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);

        await Backend.ApplyAsync(spec with { Generation = 2, Frozen = true }, default);
        var frozen = await Backend.WaitForAsync(spec.Id, ClusterPhase.Stopped, 2);
        Assert.Null(frozen.Endpoint);
        Assert.Null(frozen.Reason);

        await Backend.ApplyAsync(spec with { Generation = 3 }, default);
        Assert.Equal(before.Endpoint, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 3)).Endpoint);
    }

    [DependentFact]
    public async Task A_pooler_can_come_and_go()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        var without = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.ApplyAsync(spec with { Generation = 2, Pooler = new PoolerSpec(PoolMode.Session, 10) }, default);
        Assert.NotNull((await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2)).Endpoint?.PooledPort);
        await Backend.ApplyAsync(spec with { Generation = 3 }, default);

        Assert.Equal(without.Endpoint, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 3)).Endpoint);
    }

    [DependentFact]
    public async Task A_cluster_follows_another_tier_where_it_is()
    {
        var spec = await NewSpecAsync() with { MemoryGib = 0.25m };
        await Backend.ApplyAsync(spec, default);
        var before = (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready)).Endpoint!;
        var larger = spec with
        {
            Generation = 2,
            HasData = true,
            Tier = "large",
            CpuCores = 4,
            MemoryGib = 1,
            StorageGib = 2,
            Pooler = new PoolerSpec(PoolMode.Session, 10),
        };
        await Backend.ApplyAsync(larger, default);
        var grown = (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2)).Endpoint!;
        Assert.NotNull(grown.PooledPort);
        Assert.Equal(before, grown with { PooledHost = null, PooledPort = null });

        await Backend.ApplyAsync(larger with { Generation = 3, Pooler = new PoolerSpec(PoolMode.Transaction, 20) }, default);
        Assert.Equal(grown, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 3)).Endpoint);
        await Backend.ApplyAsync(spec with { Generation = 4, HasData = true }, default);
        Assert.Equal(before, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 4)).Endpoint);
    }

    [DependentFact]
    public async Task A_cluster_that_runs_tells_its_extensions_and_no_other_does()
    {
        var spec = await NewSpecAsync();
        Assert.Null(await Backend.ListExtensionsAsync(spec.Id, default));
        await Backend.ApplyAsync(spec, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        var extensions = await Backend.ListExtensionsAsync(spec.Id, default);
        Assert.Contains(new PostgresExtension("plpgsql", "1.0"), extensions!);
        Assert.Equal(extensions!.Select(extension => extension.Name).Order(StringComparer.Ordinal), extensions!.Select(extension => extension.Name));

        await Backend.ApplyAsync(spec with { Generation = 2, Frozen = true }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Stopped, 2);
        Assert.Null(await Backend.ListExtensionsAsync(spec.Id, default));
    }

    [DependentFact]
    public async Task A_destroyed_cluster_is_absent()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);

        Assert.Equal(ClusterObservation.Absent, await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent));
    }

    [DependentFact]
    public async Task A_cluster_can_be_destroyed_while_it_is_being_made()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);

        await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);
    }

    [DependentFact]
    public async Task Destroying_what_is_not_there_is_done_at_once()
    {
        var id = NewId();
        await Backend.DestroyAsync(id, keepBackups: false, default);

        Assert.Equal(ClusterObservation.Absent, await Backend.ObserveAsync(id, default));
    }

    [DependentFact]
    public async Task A_cluster_applied_after_its_destruction_is_made_anew()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec with { Generation = 7 }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        await Backend.ApplyAsync(spec, default);

        Assert.Equal(1, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 1)).Generation);
    }

    [DependentFact]
    public async Task A_cluster_that_nobody_applied_is_absent() =>
        Assert.Equal(ClusterObservation.Absent, await Backend.ObserveAsync(NewId(), default));

    [DependentFact]
    public async Task A_watch_first_tells_of_what_exists_and_then_of_what_changes()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var events = Backend.WatchAsync(timeout.Token).GetAsyncEnumerator(timeout.Token);
        await NextAsync(events, spec.Id);
        await Backend.ApplyAsync(spec with { Generation = 2, Frozen = true }, default);
        await NextAsync(events, spec.Id);
    }

    [DependentFact]
    public async Task Two_watchers_are_both_told()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var spec = await NewSpecAsync();
        await using var one = Backend.WatchAsync(timeout.Token).GetAsyncEnumerator(timeout.Token);
        await using var two = Backend.WatchAsync(timeout.Token).GetAsyncEnumerator(timeout.Token);
        var told = Task.WhenAll(NextAsync(one, spec.Id), NextAsync(two, spec.Id));
        await Backend.ApplyAsync(spec, default);

        await told;
    }

    [DependentFact]
    public async Task At_least_one_version_is_offered_and_the_backend_is_well()
    {
        var versions = await Backend.ListPostgresVersionsAsync(default);
        await Backend.CheckAsync(default);

        Assert.NotEmpty(versions);
        Assert.Equal(versions.Order(), versions);
    }

    protected DatabaseId NewId()
    {
        var id = DatabaseId.New(TimeProvider.System.GetUtcNow());
        _used.Add(id);
        return id;
    }

    private async Task<ClusterSpec> NewSpecAsync() =>
        ClusterSpecs.Small(NewId(), (await Backend.ListPostgresVersionsAsync(default))[0]);

    private static async Task NextAsync(IAsyncEnumerator<DatabaseId> events, DatabaseId id)
    {
        do
        {
            Assert.True(await events.MoveNextAsync());
        }
        while (events.Current != id);
    }
}
