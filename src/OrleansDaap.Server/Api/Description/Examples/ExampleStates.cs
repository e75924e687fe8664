using OrleansDaap.Access;
using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api.Description.Examples;

/// <summary>What the platform knows in the examples: one tier with a quota, and one database of the team that has a key.</summary>
internal static class ExampleStates
{
    public const string Team = "checkout";
    public const string KeyId = "51dyw7t5";
    public const string PlatformKeyId = "ff5gr356";
    public const string RequestId = "01kmb5w8e1w3zq8v0rj4n6t2xy";

    private static readonly DatabaseId Id = DatabaseId.From("01kmb5w8dzt6a4c2f9h7m3p5qs");

    /// <summary>The moment at which the database was asked for.</summary>
    public static DateTimeOffset Then { get; } = new(2030, 1, 31, 9, 30, 0, TimeSpan.Zero);

    public static ApiKeyState Key { get; } = new()
    {
        Id = KeyId,
        Team = Team,
        Role = Role.ProductTeam,
        Description = "for the deployment pipeline",
        CreatedAt = Then.AddDays(-7),
        CreatedBy = PlatformKeyId,
        ExpiresAt = Then.AddYears(1),
        LastUsedAt = Then,
    };

    public static TierState Tier { get; } = new()
    {
        Id = "production",
        Revision = 1,
        Spec = new()
        {
            Description = "Highly available, hourly backups",
            PostgresVersion = 15,
            Instances = 3,
            CpuCores = 2,
            MemoryGib = 8,
            Storage = new(100, "fast"),
            Backup = new() { Schedule = "0 * * * *", RetentionDays = 30 },
            Pooling = new(PoolingMode.Transaction, 200),
            DestructionStrategy = DestructionStrategy.Archive,
            ArchiveRetentionDays = 90,
        },
        CreatedAt = Then.AddDays(-30),
        UpdatedAt = Then.AddDays(-30),
    };

    public static Quota Quota { get; } = new(
        Tier.Id, new() { CpuCores = 24, MemoryGib = 96, StorageGib = 3000 }, new(CpuCores: 6, MemoryGib: 24, StorageGib: 300, Databases: 1));

    /// <summary>The database as it is when its creation was accepted.</summary>
    public static DatabaseState Accepted { get; } = new()
    {
        Id = Id,
        Name = "orders",
        OwnerTeam = Team,
        Purpose = "order history",
        Tier = Tier,
        Status = DatabaseStatus.Provisioning,
        Operations = [Creation(OperationStatus.Running, finishedAt: null)],
        CreatedAt = Then,
        UpdatedAt = Then,
    };

    public static DatabaseState Ready { get; } = Accepted with
    {
        Status = DatabaseStatus.Ready,
        Observed = new()
        {
            Phase = ClusterPhase.Ready,
            PostgresVersion = "15.18",
            Endpoint = new(
                "127.0.0.1", 15433, "127.0.0.1", 15434,
                new("directory", $"/srv/daap/credentials/{Id.Value}"), new("file", "/srv/daap/ca/ca.crt")),
            Backups = new()
            {
                LastSuccessfulAt = Then.AddSeconds(9),
                EarliestRestoreAt = Then.AddSeconds(9),
                SizeBytes = 3_145_728,
                ArchiveTimeout = TimeSpan.FromMinutes(1),
            },
        },
        Operations = [Creation(OperationStatus.Succeeded, Then.AddSeconds(2))],
        ReadyAt = Then.AddSeconds(2),
        UpdatedAt = Then.AddSeconds(2),
    };

    public static Backup Backup { get; } = new()
    {
        Id = BackupIds.Backup(Id, number: 1),
        Type = BackupType.Full,
        Status = BackupStatus.Succeeded,
        StartedAt = Then.AddSeconds(3),
        FinishedAt = Then.AddSeconds(9),
        SizeBytes = 3_145_728,
        WalStart = "000000010000000000000003",
        WalStop = "000000010000000000000003",
        ChecksumsVerified = true,
    };

    public static AuditEntry Entry { get; } = new(
        RequestId, Then, RequestId, Team, WireName.Of(Role.ProductTeam), KeyId, "create-database", "/databases", "accepted", StatusCodes.Status202Accepted, "127.0.0.1");

    private static Operation Creation(OperationStatus status, DateTimeOffset? finishedAt) => new()
    {
        Id = OperationId.Of(Id, number: 1),
        Kind = OperationKind.Create,
        Status = status,
        Steps = [new("reserve-quota", OperationStatus.Succeeded, Then, Then), new("provision-cluster", status, Then, finishedAt)],
        StartedAt = Then,
        FinishedAt = finishedAt,
    };
}
