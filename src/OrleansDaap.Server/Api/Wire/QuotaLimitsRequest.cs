using System.ComponentModel.DataAnnotations;
using OrleansDaap.Quotas;

namespace OrleansDaap.Server.Api.Wire;

/// <summary>The most that a tier's databases may use together. What is null or left out is unlimited.</summary>
internal sealed record QuotaLimitsRequest
{
    /// <summary>A billion: far above any installation, far below where sums lose digits.</summary>
    private const double Most = 1_000_000_000;
    private const string Rule = "must be from 0 to 1000000000";

    [Range(0.0, Most, ErrorMessage = Rule)]
    public decimal? CpuCores { get; init; }

    [Range(0.0, Most, ErrorMessage = Rule)]
    public decimal? MemoryGib { get; init; }

    [Range(0.0, Most, ErrorMessage = Rule)]
    public decimal? StorageGib { get; init; }

    [Range(0, (int)Most, ErrorMessage = Rule)]
    public int? Databases { get; init; }

    public QuotaLimits ToLimits() =>
        new() { CpuCores = CpuCores, MemoryGib = MemoryGib, StorageGib = StorageGib, Databases = Databases };
}
