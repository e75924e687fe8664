using System.Collections.Concurrent;
using System.Globalization;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

/// <summary>What the API talks to, in memory: keys, tiers, quotas, databases, the audit log, and a backend that says its versions.</summary>
internal sealed class InMemoryPlatform : IApiKeyListing, ITierListing, IQuotaListing, IDatabaseListing, IAuditLog, IAuditListing
{
    private int _version;

    public static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ConcurrentDictionary<string, ApiKeyState> Keys { get; } = new();

    public ConcurrentDictionary<string, TierState> Tiers { get; } = new();

    public ConcurrentDictionary<string, QuotaLimits> Limits { get; } = new();

    public ConcurrentDictionary<string, DatabaseState> Databases { get; } = new();

    public ConcurrentQueue<AuditEntry> Audit { get; } = new();

    /// <summary>By tier; a tier whose limits nobody has set has none.</summary>
    public ConcurrentDictionary<string, string> LimitsVersions { get; } = new();

    public InMemoryIdempotency Idempotency { get; } = new();

    public AuditFilter? LastAuditFilter { get; private set; }

    /// <summary>Called by every grain method and listing first; throws to play a failure.</summary>
    public Action<string> Before { get; set; } = static _ => { };

    /// <summary>Awaited by the audit log before it says that an entry is durable.</summary>
    public Func<Task> BeforeAudit { get; set; } = static () => Task.CompletedTask;

    public string NextVersion() => Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);

    public async Task AppendAsync(AuditEntry entry)
    {
        await BeforeAudit();
        Audit.Enqueue(entry);
    }

    /// <summary>The entry is durable with the change that the caller is about to make.</summary>
    public Task AppendWithChangeAsync(AuditEntry? entry) => entry is null ? Task.CompletedTask : AppendAsync(entry);

    Task<Page<ApiKeyState>> IApiKeyListing.ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        PageOf(Keys.Values, key => key.Id, page);

    Task<Page<TierState>> ITierListing.ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        PageOf(Tiers.Values, tier => tier.Id, page);

    Task<ApiKeyState?> IApiKeyListing.FindAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(Keys.GetValueOrDefault(id));

    Task<TierState?> ITierListing.FindAsync(string tier, CancellationToken cancellationToken) =>
        Task.FromResult(Tiers.GetValueOrDefault(tier));

    Task<Quota> IQuotaListing.FindAsync(string tier, CancellationToken cancellationToken) => new InMemoryQuota(this, tier).GetAsync();

    public Task<DatabaseState?> FindAsync(DatabaseId id, CancellationToken cancellationToken) =>
        Task.FromResult(Databases.GetValueOrDefault(id.Value));

    public Task<IReadOnlyDictionary<string, int>> CountDatabasesAsync(IReadOnlyCollection<string> tiers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(
            Databases.Values.GroupBy(database => database.Tier.Id).ToDictionary(group => group.Key, group => group.Count()));

    public Task<bool> IsInUseAsync(string tier, CancellationToken cancellationToken) =>
        Task.FromResult(Databases.Values.Any(database => database.Tier.Id == tier));

    Task<Page<DatabaseState>> IDatabaseListing.ListAsync(DatabaseFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        Before("list-databases");
        var found = Databases.Values.Where(database =>
            (filter.OwnerTeam ?? database.OwnerTeam) == database.OwnerTeam
            && (filter.Tier ?? database.Tier.Id) == database.Tier.Id
            && (filter.Name ?? database.Name) == database.Name
            && (filter.Status is { } status ? database.Status == status : database.Status != DatabaseStatus.Deleted));
        return PageOf(found, database => database.Id.Value, page);
    }

    Task<Page<AuditEntry>> IAuditListing.ListAsync(AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        LastAuditFilter = filter;
        return PageOf(Audit.Where(entry => (filter.Team ?? entry.Team) == entry.Team), entry => entry.Id, page);
    }

    public Task<IReadOnlyDictionary<DatabaseStatus, int>> CountByStatusAsync(CancellationToken cancellationToken)
    {
        Before("count-databases");
        return Task.FromResult<IReadOnlyDictionary<DatabaseStatus, int>>(
            Databases.Values.GroupBy(database => database.Status).ToDictionary(group => group.Key, group => group.Count()));
    }

    public IAsyncEnumerable<DatabaseId> ListUnsettledAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<DatabaseId> ListWithoutReminderAsync(string reminder, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private static Task<Page<T>> PageOf<T>(IEnumerable<T> all, Func<T, string> id, PageRequest page)
    {
        var rest = all.OrderByDescending(id, StringComparer.Ordinal)
            .Where(item => page.Cursor is null || string.CompareOrdinal(id(item), page.Cursor) < 0).ToList();
        var items = rest.Take(page.Limit).ToList();
        return Task.FromResult(new Page<T>(items, rest.Count > items.Count ? id(items[^1]) : null));
    }
}
