using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>Database grains in a silo, over a fake backend, with a clock that only the tests move.</summary>
public sealed class DatabaseGrainTests : IAsyncLifetime
{
    private static readonly DatabaseId Id = DatabaseId.New(Samples.Start);
    private static readonly NewDatabase Request = new("orders", "checkout", "order history", "dev", DeletionProtection: false);
    private readonly InMemoryQuotaLedger _ledger = new();
    private readonly InMemoryTierListing _tiers = new();
    private readonly TestSilo _silo;
    private readonly FakePostgresBackend _backend;

    public DatabaseGrainTests()
    {
        var clock = new ManualClock();
        _backend = new FakePostgresBackend(clock);
        _silo = new TestSilo(typeof(DatabaseGrain), typeof(QuotaGrain), typeof(TierGrain)) { StorageName = "platform", Clock = clock }
            .With(silo => silo.AddReminders().Services
                .AddSingleton<IQuotaLedger>(_ledger)
                .AddSingleton<ITierListing>(_tiers)
                .AddSingleton<IPostgresBackend>(_backend));
    }

    private IDatabaseGrain Database => _silo.Grain<IDatabaseGrain>(Id.Value);

    private IQuotaGrain Quota => _silo.Grain<IQuotaGrain>("dev");

    public async Task InitializeAsync()
    {
        await _silo.StartAsync();
        await _silo.Grain<ITierGrain>("dev").CreateAsync(Samples.Tier().Spec);
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task An_accepted_database_becomes_ready_by_itself()
    {
        var accepted = await Database.CreateAsync(Request);
        Assert.Equal(DatabaseStatus.Provisioning, accepted.Status);

        await ReconcileAsync(2);

        Assert.Equal(DatabaseStatus.Ready, (await StateAsync()).Status);
        Assert.Equal(1, (await Quota.GetAsync()).Used.Databases);
    }

    [Fact]
    public async Task Creating_a_database_over_quota_is_refused_and_leaves_nothing()
    {
        await Quota.SetLimitsAsync(new QuotaLimits { Databases = 0 });

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => Database.CreateAsync(Request));

        Assert.Equal(ProblemCode.QuotaExceeded, refusal.Code);
        Assert.Null(await Database.GetAsync());
        Assert.Empty(_backend.Applied);
    }

    [Fact]
    public async Task Creating_a_database_of_an_unknown_tier_is_a_mistake_in_that_field()
    {
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => Database.CreateAsync(Request with { Tier = "gold" }));

        Assert.Equal(["tier"], refusal.Errors!.Keys);
    }

    [Fact]
    public async Task Nothing_is_told_of_before_it_is_stored()
    {
        await Database.CreateAsync(Request);
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _silo.Storage.Before = (operation, _) =>
        {
            writing.TrySetResult();
            return operation == StorageOperation.Write ? written.Task : Task.CompletedTask;
        };

        var change = Database.ChangeAsync(new DatabaseChange(null, "something else", null));
        await writing.Task;
        Assert.Equal(Request.Purpose, (await Database.GetAsync())!.Purpose);

        written.SetResult();
        await change;
        Assert.Equal("something else", (await Database.GetAsync())!.Purpose);
    }

    [Fact]
    public async Task Every_change_is_written_with_its_entry_and_nothing_else_is()
    {
        var entries = Enumerable.Range(0, 8).Select(number => Samples.Entry with { Id = $"{number}" }).ToArray();
        DatabaseState[] answers =
        [
            await Database.CreateAsync(Request, entries[0]),
            await Database.CreateAsync(Request, entries[1]),
            await Database.ChangeAsync(new DatabaseChange(null, "something else", null), entry: entries[2]),
            await Database.ChangeAsync(new DatabaseChange(null, "something else", null), entry: entries[3]),
        ];
        await ReconcileAsync(2);
        answers = [.. answers, await Database.DestroyAsync(hard: false, entry: entries[4]), await Database.DestroyAsync(hard: false, entry: entries[5])];
        await ReconcileAsync(2);
        answers = [.. answers, await Database.UnfreezeAsync(entries[6])];
        await Assert.ThrowsAsync<ProblemException>(() => Database.UnfreezeAsync(entries[7]));

        AuditEntry?[] told = [entries[0], null, entries[2], null, entries[4], null, entries[6]];
        Assert.Equal(told, answers.Select(answer => answer.Audit));
        Assert.Equal(told.OfType<AuditEntry>(), _silo.Storage.Entries);
        Assert.Null((await StateAsync()).Audit);
    }

    [Fact]
    public async Task The_entry_of_a_change_that_could_not_be_written_is_in_no_later_write()
    {
        await Database.CreateAsync(Request);
        _silo.Storage.Before = (operation, _) =>
            operation == StorageOperation.Write ? throw new StoreUnavailableException("The store is away.", null) : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Database.DestroyAsync(hard: true, entry: Samples.Entry));
        _silo.Storage.Before = null;

        await ReconcileAsync(3);

        Assert.Equal(DatabaseStatus.Ready, (await StateAsync()).Status);
        Assert.Empty(_silo.Storage.Entries);
    }

    [Fact]
    public async Task A_name_that_is_taken_gives_the_quota_place_back()
    {
        _silo.Storage.Before = (operation, grain) =>
            operation == StorageOperation.Write && grain.Key.ToString() == Id.Value ? throw new UniqueKeyTakenException("database_name") : Task.CompletedTask;

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => Database.CreateAsync(Request));

        Assert.Equal(ProblemCode.NameTaken, refusal.Code);
        Assert.Equal(ResourceAmounts.Zero, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task An_accepted_database_goes_on_after_a_crash_when_its_reminder_comes()
    {
        _backend.Manual = true;
        await Database.CreateAsync(Request);
        _silo.Crash();
        _backend.Manual = false;
        await _silo.StartAsync();

        _silo.Clock.Advance(new DatabaseOptions().ReconcileEvery);
        await ReconcileAsync(2);

        // The silo may have got as far as asking for the cluster before it crashed.
        _backend.Complete(Id);
        await ReconcileAsync(1);

        Assert.Equal(DatabaseStatus.Ready, (await StateAsync()).Status);
    }

    [Fact]
    public async Task A_backend_that_cannot_be_reached_is_a_reason_for_what_waits_for_it_and_none_for_what_serves()
    {
        await Database.CreateAsync(Request);
        await ReconcileAsync(2);
        _backend.Unreachable = true;
        await Database.ReconcileAsync();
        Assert.Equal((DatabaseStatus.Ready, null), ((await StateAsync()).Status, (await StateAsync()).StatusReason));

        await Database.DestroyAsync(hard: true);
        await Database.ReconcileAsync();
        Assert.Equal("backend-unavailable", (await StateAsync()).StatusReason?.Code);

        _backend.Unreachable = false;
        await ReconcileAsync(2);
        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync()).Status);
    }

    [Fact]
    public async Task A_store_that_fails_during_a_step_does_not_put_the_database_to_sleep()
    {
        await Database.CreateAsync(Request);
        _silo.Storage.Before = (operation, _) =>
            operation == StorageOperation.Write ? throw new StoreUnavailableException("The store is away.", null) : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ReconcileAsync(3));
        _silo.Storage.Before = null;

        // Nobody calls: the grain's own timer does.
        _silo.Clock.Advance(TimeSpan.FromSeconds(2));

        // A call that waits its turn behind the timer's, and does no work on the cluster itself.
        await Database.RemindAsync();
        Assert.Equal(DatabaseStatus.Ready, (await StateAsync()).Status);
    }

    [Fact]
    public async Task Two_deletions_at_once_end_as_one()
    {
        await Database.CreateAsync(Request);
        await ReconcileAsync(2);

        await Task.WhenAll(Database.DestroyAsync(hard: true), Database.DestroyAsync(hard: true));
        await ReconcileAsync(3);

        var state = await StateAsync();
        Assert.Equal(DatabaseStatus.Deleted, state.Status);
        Assert.Single(state.Operations, operation => operation.Kind == OperationKind.HardDelete);
        Assert.Equal(ResourceAmounts.Zero, (await Quota.GetAsync()).Used);
    }

    [Fact]
    public async Task Deleting_while_the_cluster_is_being_made_is_accepted_at_once_and_removes_it()
    {
        _backend.Manual = true;
        await Database.CreateAsync(Request);
        await Database.ReconcileAsync();

        await Database.DestroyAsync(hard: true);
        _backend.Manual = false;
        await ReconcileAsync(3);

        Assert.Equal(DatabaseStatus.Deleted, (await StateAsync()).Status);
        Assert.Equal(ClusterPhase.Absent, (await _backend.ObserveAsync(Id, default)).Phase);
    }

    [Fact]
    public async Task A_frozen_database_keeps_its_quota_place()
    {
        await Database.CreateAsync(Request);
        await ReconcileAsync(2);
        await Database.DestroyAsync(hard: false);
        await ReconcileAsync(2);

        Assert.Equal(DatabaseStatus.Frozen, (await StateAsync()).Status);
        Assert.Equal(1, (await Quota.GetAsync()).Used.Databases);
    }

    [Fact]
    public async Task A_tier_in_use_is_not_deleted()
    {
        _tiers.InUse.Add("dev");

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => _silo.Grain<ITierGrain>("dev").DeleteAsync());

        Assert.Equal(ProblemCode.TierInUse, refusal.Code);
    }

    private async Task<DatabaseState> StateAsync() => await Database.GetAsync() ?? throw new InvalidOperationException("There is no such database.");

    /// <summary>Plays the backend's events, which wake the grain.</summary>
    private async Task ReconcileAsync(int times)
    {
        for (var time = 0; time < times; time++)
        {
            await Database.ReconcileAsync();
        }
    }
}
