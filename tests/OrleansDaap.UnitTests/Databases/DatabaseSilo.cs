using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Tiers;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>One database in a silo with its tiers and quotas, over a fake backend, with a clock that only the tests move.</summary>
public sealed class DatabaseSilo : IAsyncDisposable
{
    public static readonly DatabaseId Id = DatabaseId.New(Samples.Start);
    public static readonly NewDatabase Request = new("orders", "checkout", "order history", "dev", DeletionProtection: false);

    private DatabaseSilo()
    {
        var clock = new ManualClock();
        Backend = new FakePostgresBackend(clock);
        Silo = new TestSilo(typeof(DatabaseGrain), typeof(QuotaGrain), typeof(TierGrain)) { StorageName = "platform", Clock = clock }
            .With(silo => silo.AddReminders().Services
                .AddSingleton<IQuotaLedger>(Ledger)
                .AddSingleton<ITierListing>(new InMemoryTierListing(Ledger))
                .AddSingleton<IPostgresBackend>(Backend));
    }

    public TestSilo Silo { get; }

    public FakePostgresBackend Backend { get; }

    public InMemoryQuotaLedger Ledger { get; } = new();

    public IDatabaseGrain Database => Silo.Grain<IDatabaseGrain>(Id.Value);

    /// <summary>Starts one that has the tier dev.</summary>
    public static async Task<DatabaseSilo> StartAsync()
    {
        var silo = new DatabaseSilo();
        await silo.Silo.StartAsync();
        await silo.AddTierAsync("dev");
        return silo;
    }

    public ValueTask DisposeAsync() => Silo.DisposeAsync();

    public ITierGrain Tier(string tier) => Silo.Grain<ITierGrain>(tier);

    public IQuotaGrain Quota(string tier) => Silo.Grain<IQuotaGrain>(tier);

    public async Task<ResourceAmounts> UsedAsync(string tier) => (await Quota(tier).GetAsync()).Used;

    /// <summary>A tier like dev, but for what is changed of it.</summary>
    public Task AddTierAsync(string tier, Func<TierSpec, TierSpec>? change = null) => Tier(tier).CreateAsync(Changed(change));

    /// <summary>A tier that is backed up every hour and archives for thirty days.</summary>
    public Task AddSafeTierAsync() => AddTierAsync("safe", spec => spec with
    {
        DestructionStrategy = DestructionStrategy.Archive,
        Backup = new BackupPolicy { Schedule = "0 * * * *", RetentionDays = 7 },
        ArchiveRetentionDays = 30,
    });

    /// <summary>Makes the tier's second revision.</summary>
    public Task ReviseTierAsync(string tier, Func<TierSpec, TierSpec> change) => Tier(tier).UpdateAsync(Changed(change), 1);

    public async Task<DatabaseState> StateAsync() => await Database.GetAsync() ?? throw new InvalidOperationException("There is no such database.");

    public async Task<DatabaseStatus> StatusAsync() => (await StateAsync()).Status;

    /// <summary>Plays the backend's events, which wake the grain.</summary>
    public async Task<DatabaseState> ReconcileAsync(int times = 4)
    {
        for (var time = 0; time < times; time++)
        {
            await Database.ReconcileAsync();
        }

        return await StateAsync();
    }

    /// <summary>Ends the backend's manual mode, and lets it do what it was asked for.</summary>
    public async Task<DatabaseState> GoOnAsync()
    {
        Backend.Manual = false;
        await ReconcileAsync();
        Backend.Complete(Id);
        return await ReconcileAsync();
    }

    public async Task<DatabaseState> CreateReadyAsync()
    {
        await Database.CreateAsync(Request);
        return await ReconcileAsync();
    }

    public async Task<DatabaseState> CreateFrozenAsync()
    {
        await CreateReadyAsync();
        await Database.DestroyAsync(hard: false);
        return await ReconcileAsync();
    }

    private static TierSpec Changed(Func<TierSpec, TierSpec>? change) => change is null ? Samples.Tier().Spec : change(Samples.Tier().Spec);
}
