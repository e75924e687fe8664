using OrleansDaap.Common;
using OrleansDaap.Quotas;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

/// <summary>Limits, and a use of its own that never changes.</summary>
internal sealed class InMemoryQuota(InMemoryPlatform platform, string tier) : IQuotaGrain
{
    public static readonly ResourceAmounts Used = new(1.5m, 8, 30, 3);

    public Task ReserveAsync(DatabaseId database, ResourceAmounts cost) => throw new NotSupportedException();

    public Task ExtendAsync(DatabaseId database, ResourceAmounts cost) => throw new NotSupportedException();

    public Task ReleaseAsync(DatabaseId database) => throw new NotSupportedException();

    public async Task<Quota> SetLimitsAsync(QuotaLimits limits, IfMatch? condition, AuditEntry? entry)
    {
        condition?.Demand(platform.LimitsVersions.GetValueOrDefault(tier, "0"));
        await platform.AppendWithChangeAsync(entry);
        platform.LimitsVersions[tier] = platform.NextVersion();
        platform.Limits[tier] = limits;
        return await GetAsync() with { Audit = entry };
    }

    public Task<Quota> GetAsync() => Task.FromResult(new Quota(
        tier, platform.Limits.GetValueOrDefault(tier, QuotaLimits.None), Used, platform.LimitsVersions.GetValueOrDefault(tier, "0")));
}
