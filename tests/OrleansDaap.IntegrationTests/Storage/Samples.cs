using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Storage;

/// <summary>States with every part filled in that storage looks at.</summary>
internal static class Samples
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TierState Tier(string id = "small") => new()
    {
        Id = id,
        Revision = 1,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        Spec = new TierSpec
        {
            Description = "For trying things",
            PostgresVersion = 15,
            Instances = 1,
            CpuCores = 0.5m,
            MemoryGib = 1,
            Storage = new TierStorage(10, null),
            DestructionStrategy = DestructionStrategy.Freeze,
            Backup = new BackupPolicy { Schedule = "0 * * * *", RetentionDays = 7 },
        },
    };

    public static DatabaseState Database(
        string name, string team = "checkout", string tier = "small", DatabaseStatus status = DatabaseStatus.Ready, int second = 0, bool settled = true)
    {
        var at = Noon.AddSeconds(second);
        return new DatabaseState
        {
            Id = DatabaseId.New(at),
            Name = name,
            OwnerTeam = team,
            Purpose = "order history",
            Tier = Tier(tier),
            Status = status,
            Settled = settled,
            CreatedAt = at,
            UpdatedAt = at,
            WantedSince = at,
            Operations =
            [
                new Operation
                {
                    Id = $"op-{second}",
                    Kind = OperationKind.Create,
                    Status = OperationStatus.Succeeded,
                    StartedAt = at,
                    Steps =
                    [
                        new OperationStep("apply", OperationStatus.Succeeded, at, at),
                        new OperationStep("wait-until-ready", OperationStatus.Succeeded, at, at),
                        new OperationStep("read-connection", OperationStatus.Pending, null, null),
                    ],
                },
            ],
        };
    }
}
