using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Databases;

/// <summary>What one database of a tier takes of the tier's quota.</summary>
internal static class DatabaseCost
{
    public static ResourceAmounts Of(TierSpec tier) =>
        new(tier.Instances * tier.CpuCores, tier.Instances * tier.MemoryGib, tier.Instances * tier.Storage.SizeGib, 1);
}
