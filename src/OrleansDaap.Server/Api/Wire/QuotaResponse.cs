using OrleansDaap.Quotas;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>A tier's quota, what its databases hold of it, and what is left.</summary>
internal sealed record QuotaResponse
{
    public required string Tier { get; init; }

    public required QuotaLimits Limits { get; init; }

    public required ResourceAmounts Used { get; init; }

    /// <summary>Null where there is no limit; 0 where more is used than the limit allows.</summary>
    public required QuotaLimits Remaining { get; init; }

    public static QuotaResponse Of(Quota quota) => new()
    {
        Tier = quota.Tier,
        Limits = quota.Limits,
        Used = quota.Used,
        Remaining = new()
        {
            CpuCores = Left(quota.Limits.CpuCores, quota.Used.CpuCores),
            MemoryGib = Left(quota.Limits.MemoryGib, quota.Used.MemoryGib),
            StorageGib = Left(quota.Limits.StorageGib, quota.Used.StorageGib),
            Databases = (int?)Left(quota.Limits.Databases, quota.Used.Databases),
        },
    };

    private static decimal? Left(decimal? limit, decimal used) => limit is { } most ? Math.Max(0, most - used) : null;
}
