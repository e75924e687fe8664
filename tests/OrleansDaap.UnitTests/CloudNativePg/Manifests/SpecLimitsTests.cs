using OrleansDaap.CloudNativePg;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

public sealed class SpecLimitsTests
{
    [Fact]
    public void What_is_reviewed_can_be_made() =>
        Assert.All(ManifestSamples.Specs.Values, spec => Assert.Empty(SpecLimits.Of(spec, ManifestSamples.Options)));

    [Fact]
    public void Everything_that_cannot_be_made_is_said_at_once()
    {
        var spec = ManifestSamples.BackedUp with { PostgresVersion = 13, MemoryGib = 0.1m, Pooler = new PoolerSpec(PoolMode.Statement, 10) };

        Assert.Equal(
            ["there is no image of PostgreSQL 13; there is of 14, 15, 16, 17, 18", "CloudNativePG's pooler has no statement mode", "an instance needs 0.25 GiB of memory", "no object store is configured, so there are no backups"],
            SpecLimits.Of(spec, new CloudNativePgOptions()));
    }
}
