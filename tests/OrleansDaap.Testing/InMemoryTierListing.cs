using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Testing;

/// <summary>Knows which tiers are in use, because a test or the ledger says so.</summary>
public sealed class InMemoryTierListing(IQuotaLedger? ledger = null) : ITierListing
{
    public HashSet<string> InUse { get; } = [];

    public Task<Page<TierState>> ListAsync(PageRequest page, CancellationToken cancellationToken) => Task.FromResult(new Page<TierState>([], null));

    public Task<TierState?> FindAsync(string tier, CancellationToken cancellationToken) => Task.FromResult<TierState?>(null);

    public Task<IReadOnlyDictionary<string, int>> CountDatabasesAsync(IReadOnlyCollection<string> tiers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>());

    public async Task<bool> IsInUseAsync(string tier, CancellationToken cancellationToken) =>
        InUse.Contains(tier) || (ledger is not null && (await ledger.ReadAsync(tier)).Reservations.Count > 0);
}
