using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

internal sealed class InMemoryTier(InMemoryPlatform platform, string id) : ITierGrain
{
    public Task<TierState> CreateAsync(TierSpec spec)
    {
        var tier = new TierState { Id = id, Revision = 1, Spec = spec, CreatedAt = InMemoryPlatform.Now, UpdatedAt = InMemoryPlatform.Now, ETag = platform.NextVersion() };
        return platform.Tiers.TryAdd(id, tier)
            ? Task.FromResult(tier)
            : throw new ProblemException(ProblemCode.NameTaken, "There is such a tier.");
    }

    public Task<TierState?> GetAsync() => Task.FromResult(platform.Tiers.GetValueOrDefault(id));

    public Task<TierState> UpdateAsync(TierSpec spec, int expectedRevision, IfMatch? condition)
    {
        platform.Before("update-tier");
        var tier = platform.Tiers[id];
        condition?.Demand(tier.ETag);
        if (tier.Revision != expectedRevision)
            throw new ProblemException(ProblemCode.PreconditionFailed, "It has moved on.");
        return Task.FromResult(platform.Tiers[id] = tier with { Spec = spec, Revision = tier.Revision + 1, ETag = platform.NextVersion() });
    }

    public Task DeleteAsync(IfMatch? condition)
    {
        if (!platform.Tiers.TryGetValue(id, out var tier))
            throw ProblemException.NotFound("such tier");
        condition?.Demand(tier.ETag);
        if (platform.Databases.Values.Any(database => database.Tier.Id == id))
            throw new ProblemException(ProblemCode.TierInUse, "It is in use.");
        platform.Tiers.TryRemove(id, out _);
        return Task.CompletedTask;
    }
}
