namespace OrleansDaap.Tiers;

/// <summary>When a tier's databases are backed up, how long backups live, and how often they are proven to restore.</summary>
[GenerateSerializer, Immutable, Alias("daap.backup-policy")]
public sealed record BackupPolicy
{
    public const int WeeklyFull = 7;

    /// <summary>Sundays at four, when most databases rest.</summary>
    public const string WeeklyDrill = "0 4 * * 0";

    /// <summary>Five-field cron, in UTC.</summary>
    [Id(0)]
    public required string Schedule { get; init; }

    [Id(1)]
    public required int RetentionDays { get; init; }

    /// <summary>After so many days a backup is a full one again; those between are incremental.</summary>
    [Id(2)]
    public int FullEveryDays { get; init; } = WeeklyFull;

    /// <summary>When the newest backup is restored to a scratch cluster and compared with its source: five-field cron, in UTC.</summary>
    [Id(3)]
    public string Drill { get; init; } = WeeklyDrill;
}
