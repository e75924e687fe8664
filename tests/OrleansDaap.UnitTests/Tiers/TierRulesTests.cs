using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Tiers;

public sealed class TierRulesTests
{
    private static readonly TierSpec Sound = new()
    {
        Description = "",
        PostgresVersion = 16,
        Instances = 1,
        CpuCores = 0.5m,
        MemoryGib = 1,
        Storage = new(10, null),
        Backup = new() { Schedule = "0 * * * *", RetentionDays = 30 },
        Pooling = new(PoolingMode.Session, 100),
        DestructionStrategy = DestructionStrategy.Archive,
        ArchiveRetentionDays = 90,
    };

    public static TheoryData<string, TierSpec> Mistaken => new()
    {
        { "description", Sound with { Description = new string('x', 501) } },
        { "postgres_version", Sound with { PostgresVersion = 13 } },
        { "postgres_version", Sound with { PostgresVersion = 19 } },
        { "instances", Sound with { Instances = 0 } },
        { "instances", Sound with { Instances = 10 } },
        { "cpu_cores", Sound with { CpuCores = 0 } },
        { "cpu_cores", Sound with { CpuCores = 256.001m } },
        { "cpu_cores", Sound with { CpuCores = 0.0001m } },
        { "memory_gib", Sound with { MemoryGib = -1 } },
        { "memory_gib", Sound with { MemoryGib = 4097 } },
        { "memory_gib", Sound with { MemoryGib = 1.2345m } },
        { "storage.size_gib", Sound with { Storage = new(0, null) } },
        { "storage.size_gib", Sound with { Storage = new(65537, null) } },
        { "storage.class", Sound with { Storage = new(1, "Fast!") } },
        { "storage.class", Sound with { Storage = new(1, "") } },
        { "backup.schedule", Sound with { Backup = new() { Schedule = "hourly", RetentionDays = 30 } } },
        { "backup.retention_days", Sound with { Backup = new() { Schedule = "0 * * * *", RetentionDays = 0 } } },
        { "backup.retention_days", Sound with { Backup = new() { Schedule = "0 * * * *", RetentionDays = 3651 } } },
        { "full_backup_every_days", Sound with { Backup = new() { Schedule = "0 * * * *", RetentionDays = 30, FullEveryDays = 0 } } },
        { "drill", Sound with { Backup = new() { Schedule = "0 * * * *", RetentionDays = 30, Drill = "weekly" } } },
        { "pooling.max_connections", Sound with { Pooling = new(PoolingMode.Session, 0) } },
        { "pooling.max_connections", Sound with { Pooling = new(PoolingMode.Session, 10001) } },
        { "backup", Sound with { Backup = null } },
        { "archive_retention_days", Sound with { ArchiveRetentionDays = null } },
        { "archive_retention_days", Sound with { ArchiveRetentionDays = 0 } },
        { "archive_retention_days", Sound with { ArchiveRetentionDays = 3651 } },
        { "archive_retention_days", Sound with { DestructionStrategy = DestructionStrategy.Hard, ArchiveRetentionDays = 0 } },
    };

    [Theory]
    [MemberData(nameof(Mistaken), DisableDiscoveryEnumeration = true)]
    public void Each_rule_names_the_field_that_breaks_it(string path, TierSpec spec) =>
        Assert.Equal(path, Assert.Single(TierRules.Validate(spec)).Path);

    [Fact]
    public void Sound_specs_break_none()
    {
        TierSpec[] sound =
        [
            Sound,
            Sound with { CpuCores = 256, MemoryGib = 4096, Storage = new(65536, "fast-ssd"), Instances = 9, PostgresVersion = 14 },
            Sound with { CpuCores = 0.001m, MemoryGib = 0.125m, Pooling = null, PostgresVersion = 18 },
            Sound with { DestructionStrategy = DestructionStrategy.Hard, ArchiveRetentionDays = null, Backup = null },
            Sound with { DestructionStrategy = DestructionStrategy.Freeze },
        ];
        Assert.All(sound, spec => Assert.Empty(TierRules.Validate(spec)));
    }

    [Fact]
    public void All_mistakes_are_found_at_once()
    {
        var spec = Sound with { Instances = 0, CpuCores = 0, Storage = new(0, "-"), Backup = null, ArchiveRetentionDays = null };
        Assert.Equal(
            ["instances", "cpu_cores", "storage.size_gib", "storage.class", "backup", "archive_retention_days"],
            TierRules.Validate(spec).Select(mistake => mistake.Path));
    }

    [Fact]
    public void A_version_must_be_installed()
    {
        Assert.Null(TierRules.MistakeInVersion(15, [15, 16]));
        Assert.Equal("is not installed here; installed: 15, 16", TierRules.MistakeInVersion(17, [15, 16]));
        Assert.Equal("is not installed here; installed: none", TierRules.MistakeInVersion(17, []));
    }
}
