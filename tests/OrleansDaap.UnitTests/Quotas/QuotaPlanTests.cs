using OrleansDaap.Quotas;
using Xunit;

namespace OrleansDaap.UnitTests.Quotas;

public sealed class QuotaPlanTests
{
    private static readonly ResourceAmounts Cost = new(2, 8, 100, 1);

    [Fact]
    public void Without_limits_everything_fits() => Assert.Empty(QuotaPlan.Violations(QuotaLimits.None, Cost, ResourceAmounts.Zero, Cost));

    [Fact]
    public void The_last_place_can_be_taken()
    {
        var limits = new QuotaLimits { CpuCores = 4, MemoryGib = 16, StorageGib = 200, Databases = 2 };

        Assert.Empty(QuotaPlan.Violations(limits, Cost, ResourceAmounts.Zero, Cost));
    }

    [Fact]
    public void Every_dimension_that_is_over_is_named()
    {
        var limits = new QuotaLimits { CpuCores = 3.5m, MemoryGib = 16, StorageGib = 150, Databases = 1 };

        var violations = QuotaPlan.Violations(limits, Cost, ResourceAmounts.Zero, Cost);

        Assert.Equal(["cpu_cores", "storage_gib", "databases"], violations.Select(violation => violation.Resource));
        Assert.Equal((2m, 2m, 3.5m), (violations[0].Requested, violations[0].Used, violations[0].Limit));
    }

    [Fact]
    public void Replacing_a_reservation_counts_only_what_it_adds()
    {
        var limits = new QuotaLimits { CpuCores = 3, Databases = 1 };

        Assert.Empty(QuotaPlan.Violations(limits, Cost, Cost, Cost with { CpuCores = 3 }));
        Assert.Single(QuotaPlan.Violations(limits, Cost, Cost, Cost with { CpuCores = 3.5m }));
    }

    [Fact]
    public void Needing_less_is_never_refused_even_over_the_limit()
    {
        Assert.Empty(QuotaPlan.Violations(new QuotaLimits { CpuCores = 1 }, Cost, Cost, Cost with { CpuCores = 1.5m }));
    }
}
