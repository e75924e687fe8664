using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

/// <summary>What a tier may promise. Paths are those of the API's JSON.</summary>
public static class TierRules
{
    public const int MaxDescriptionLength = 500;
    public const int MinPostgresVersion = 14;
    public const int MaxPostgresVersion = 18;
    public const int MaxInstances = 9;
    public const int MaxCpuCores = 256;
    public const int MaxMemoryGib = 4096;
    public const int MaxStorageGib = 65536;
    public const int MaxRetentionDays = 3650;
    public const int MaxFullEveryDays = 365;
    public const int MaxPoolConnections = 10000;

    /// <summary>Digits behind the point of cores and memory: a thousandth of a core is the least that Kubernetes can give.</summary>
    public const int MaxDecimals = 3;

    /// <summary>Every mistake at once; nothing when the spec is sound.</summary>
    public static IEnumerable<(string Path, string Mistake)> Validate(TierSpec spec) =>
        Sizes(spec).Concat(Storage(spec.Storage)).Concat(Backup(spec.Backup)).Concat(Pooling(spec.Pooling)).Concat(Destruction(spec));

    /// <summary>The mistake in asking for a version that the backend does not have; null when it has it.</summary>
    public static string? MistakeInVersion(int version, IReadOnlyCollection<int> installed) => installed.Contains(version)
        ? null
        : $"is not installed here; installed: {(installed.Count == 0 ? "none" : string.Join(", ", installed))}";

    /// <summary>Whether an amount has no more digits behind the point than are kept.</summary>
    public static bool HasAllowedDecimals(decimal amount) => decimal.Round(amount, MaxDecimals) == amount;

    private static IEnumerable<(string Path, string Mistake)> Sizes(TierSpec spec)
    {
        if (spec.Description.Length > MaxDescriptionLength)
            yield return ("description", $"must have at most {MaxDescriptionLength} characters");
        if (spec.PostgresVersion is < MinPostgresVersion or > MaxPostgresVersion)
            yield return ("postgres_version", $"must be a major version from {MinPostgresVersion} to {MaxPostgresVersion}");
        if (spec.Instances is < 1 or > MaxInstances)
            yield return ("instances", $"must be from 1 to {MaxInstances}");
        if (spec.CpuCores is <= 0 or > MaxCpuCores || !HasAllowedDecimals(spec.CpuCores))
            yield return ("cpu_cores", $"must be above 0 and at most {MaxCpuCores}, with at most {MaxDecimals} decimals");
        if (spec.MemoryGib is <= 0 or > MaxMemoryGib || !HasAllowedDecimals(spec.MemoryGib))
            yield return ("memory_gib", $"must be above 0 and at most {MaxMemoryGib}, with at most {MaxDecimals} decimals");
    }

    private static IEnumerable<(string Path, string Mistake)> Storage(TierStorage storage)
    {
        if (storage.SizeGib is < 1 or > MaxStorageGib)
            yield return ("storage.size_gib", $"must be from 1 to {MaxStorageGib}");
        if (storage.Class is { } name && !Slug.IsWellFormed(name, Slug.MaxTeamLength))
            yield return ("storage.class", $"{Slug.Rule}, with at most {Slug.MaxTeamLength} characters");
    }

    private static IEnumerable<(string Path, string Mistake)> Backup(BackupPolicy? backup)
    {
        if (backup is null)
            yield break;
        if (CronSchedule.Mistake(backup.Schedule) is { } mistake)
            yield return ("backup.schedule", mistake);
        if (backup.RetentionDays is < 1 or > MaxRetentionDays)
            yield return ("backup.retention_days", $"must be from 1 to {MaxRetentionDays}");
        if (backup.FullEveryDays is < 1 or > MaxFullEveryDays)
            yield return ("full_backup_every_days", $"must be from 1 to {MaxFullEveryDays}");
        if (CronSchedule.Mistake(backup.Drill) is { } drillMistake)
            yield return ("drill", drillMistake);
    }

    private static IEnumerable<(string Path, string Mistake)> Pooling(PoolingPolicy? pooling)
    {
        if (pooling is { MaxConnections: < 1 or > MaxPoolConnections })
            yield return ("pooling.max_connections", $"must be from 1 to {MaxPoolConnections}");
    }

    private static IEnumerable<(string Path, string Mistake)> Destruction(TierSpec spec)
    {
        var archives = spec.DestructionStrategy == DestructionStrategy.Archive;
        if (archives && spec.Backup is null)
            yield return ("backup", "is needed to archive");
        if (archives && spec.ArchiveRetentionDays is null)
            yield return ("archive_retention_days", "is needed to archive");
        if (spec.ArchiveRetentionDays is < 1 or > MaxRetentionDays)
            yield return ("archive_retention_days", $"must be from 1 to {MaxRetentionDays}");
    }
}
