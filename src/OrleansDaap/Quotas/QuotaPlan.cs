using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>The arithmetic of quotas.</summary>
internal static class QuotaPlan
{
    /// <summary>Every dimension in which replacing <paramref name="former"/> by <paramref name="cost"/> would ask for more and go over the limit.</summary>
    public static IReadOnlyList<QuotaViolation> Violations(QuotaLimits limits, ResourceAmounts used, ResourceAmounts former, ResourceAmounts cost)
    {
        var more = cost - former;
        (string Resource, decimal Requested, decimal Used, decimal? Limit)[] dimensions =
        [
            ("cpu_cores", more.CpuCores, used.CpuCores, limits.CpuCores),
            ("memory_gib", more.MemoryGib, used.MemoryGib, limits.MemoryGib),
            ("storage_gib", more.StorageGib, used.StorageGib, limits.StorageGib),
            ("databases", more.Databases, used.Databases, limits.Databases),
        ];
        return
        [
            .. dimensions
                .Where(one => one.Requested > 0 && one.Used + one.Requested > one.Limit)
                .Select(one => new QuotaViolation(one.Resource, one.Requested, one.Used, one.Limit!.Value)),
        ];
    }
}
