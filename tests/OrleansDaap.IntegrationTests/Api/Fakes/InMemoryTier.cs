using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

internal sealed class InMemoryTier(InMemoryPlatform platform, string id) : ITierGrain
{
    public Task<TierState> CreateAsync(TierSpec spec)
    {
        var tier = new TierState { Id = id, Revision = 1, Spec = spec, CreatedAt = InMemoryPlatform.Now, UpdatedAt = InMemoryPlatform.Now };
        return platform.Tiers.TryAdd(id, tier)
            ? Task.FromResult(tier)
            : throw new ProblemException(ProblemCode.NameTaken, "There is such a tier.");
    }

    public Task<TierState?> GetAsync() => Task.FromResult(platform.Tiers.GetValueOrDefault(id));

    public Task<TierState> UpdateAsync(TierSpec spec, int expectedRevision)
    {
        platform.Before("update-tier");
        var tier = platform.Tiers[id];
        if (tier.Revision != expectedRevision)
            throw new ProblemException(ProblemCode.PreconditionFailed, "It has moved on.");
        return Task.FromResult(platform.Tiers[id] = tier with { Spec = spec, Revision = tier.Revision + 1 });
    }

    public Task DeleteAsync()
    {
        if (!platform.Tiers.ContainsKey(id))
            throw ProblemException.NotFound("such tier");
        if (platform.Databases.Values.Any(database => database.Tier.Id == id))
            throw new ProblemException(ProblemCode.TierInUse, "It is in use.");
        platform.Tiers.TryRemove(id, out _);
        return Task.CompletedTask;
    }
}
