using OrleansDaap.Common;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

internal sealed class InMemoryTier(InMemoryPlatform platform, string id) : ITierGrain
{
    public async Task<TierState> CreateAsync(TierSpec spec, AuditEntry? entry)
    {
        if (platform.Tiers.ContainsKey(id))
            throw new ProblemException(ProblemCode.NameTaken, "There is such a tier.");
        return await SaveAsync(new TierState { Id = id, Revision = 1, Spec = spec, CreatedAt = InMemoryPlatform.Now, UpdatedAt = InMemoryPlatform.Now }, entry);
    }

    public Task<TierState?> GetAsync() => Task.FromResult(platform.Tiers.GetValueOrDefault(id));

    public Task<TierState> UpdateAsync(TierSpec spec, int expectedRevision, IfMatch? condition, AuditEntry? entry)
    {
        platform.Before("update-tier");
        var tier = platform.Tiers[id];
        condition?.Demand(tier.ETag);
        if (tier.Revision != expectedRevision)
            throw new ProblemException(ProblemCode.PreconditionFailed, "It has moved on.");
        return tier.Spec == spec ? Task.FromResult(tier) : SaveAsync(tier with { Spec = spec, Revision = tier.Revision + 1 }, entry);
    }

    public async Task<TierState> DeleteAsync(IfMatch? condition, AuditEntry? entry)
    {
        if (!platform.Tiers.TryGetValue(id, out var tier))
            throw ProblemException.NotFound("such tier");
        condition?.Demand(tier.ETag);
        if (platform.Databases.Values.Any(database => database.Tier.Id == id))
            throw new ProblemException(ProblemCode.TierInUse, "It is in use.");
        await platform.AppendWithChangeAsync(entry);
        platform.Tiers.TryRemove(id, out _);
        return tier with { Audit = entry };
    }

    private async Task<TierState> SaveAsync(TierState tier, AuditEntry? entry)
    {
        await platform.AppendWithChangeAsync(entry);
        return (platform.Tiers[id] = tier with { ETag = platform.NextVersion() }) with { Audit = entry };
    }
}
