using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;

namespace OrleansDaap.UnitTests.Databases;

/// <summary>States and observations that the tests start from.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TierState Tier(DestructionStrategy strategy = DestructionStrategy.Freeze) => new()
    {
        Id = "dev",
        Revision = 1,
        Spec = new TierSpec
        {
            Description = "For trying things out",
            PostgresVersion = 15,
            Instances = 1,
            CpuCores = 1,
            MemoryGib = 1,
            Storage = new TierStorage(10, null),
            DestructionStrategy = strategy,
        },
        CreatedAt = Start,
        UpdatedAt = Start,
    };

    public static DatabaseState Accepted(DestructionStrategy strategy = DestructionStrategy.Freeze, bool isProtected = false) => DatabaseRequests.Create(
        DatabaseId.New(Start), new NewDatabase("orders", "checkout", "order history", "dev", isProtected), Tier(strategy), Start);

    public static DatabaseState Ready(DestructionStrategy strategy = DestructionStrategy.Freeze)
    {
        var accepted = Accepted(strategy);
        return DatabasePlan.Next(accepted, Serving(accepted.Generation), 0, Start, new DatabaseOptions()).Next;
    }

    public static DatabaseState Frozen()
    {
        var freezing = DatabaseRequests.Destroy(Ready(), hard: false, Start);
        return DatabasePlan.Next(freezing, Seen(ClusterPhase.Stopped, freezing.Generation), 0, Start, new DatabaseOptions()).Next;
    }

    public static ClusterObservation Seen(ClusterPhase phase, long generation, StatusReason? reason = null) =>
        new() { Phase = phase, Generation = generation, Reason = reason };

    public static ClusterObservation Serving(long generation) => new()
    {
        Phase = ClusterPhase.Ready,
        Generation = generation,
        PostgresVersion = "15.18",
        Endpoint = new ClusterEndpoint(
            "127.0.0.1", 15432, null, null, new SecretLocation("directory", "/credentials"), new SecretLocation("file", "/ca.crt")),
    };

    public static StatusReason Trouble(string code = "disk-full") => new(code, "The disk is full; make room.", Start);

    public static AuditEntry Entry { get; } =
        new("01", Start, "request", "checkout", "product-team", "key", "create-database", "/databases", "accepted", 202, "::1");
}
