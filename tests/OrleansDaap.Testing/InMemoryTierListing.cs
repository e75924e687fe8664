using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.Testing;

/// <summary>Knows which tiers are in use, because a test says so.</summary>
public sealed class InMemoryTierListing : ITierListing
{
    public HashSet<string> InUse { get; } = [];

    public Task<Page<TierState>> ListAsync(PageRequest page, CancellationToken cancellationToken) => Task.FromResult(new Page<TierState>([], null));

    public Task<IReadOnlyDictionary<string, int>> CountDatabasesAsync(IReadOnlyCollection<string> tiers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>());

    public Task<bool> IsInUseAsync(string tier, CancellationToken cancellationToken) => Task.FromResult(InUse.Contains(tier));
}
