using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Tiers;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>What ought to be, by what the server has answered.</summary>
internal sealed class Model
{
    public List<Tier> Tiers { get; } = [];

    public List<Database> Databases { get; } = [];

    /// <summary>By the id of each request: whether the audit log must have it as accepted; null where it may.</summary>
    public Dictionary<string, bool?> Requests { get; } = [];

    public HashSet<DatabaseId> Broken { get; } = [];

    public HashSet<DatabaseId> Stalled { get; } = [];

    /// <summary>Those that were moved to another tier since everything last had its time.</summary>
    public HashSet<DatabaseId> Moving { get; } = [];

    /// <summary>Those whose backups fail.</summary>
    public HashSet<DatabaseId> WithoutBackups { get; } = [];

    /// <summary>The restores of databases that are to go, which wait for them.</summary>
    public IEnumerable<Database> HoldingUp => Databases.Where(
        restore => Databases.Any(source => source.Id == restore.RestoredFrom && source.Wanted == WantedCluster.Gone));

    public IEnumerable<Database> Of(Tier tier) => Databases.Where(database => database.Tier == tier.Id);

    /// <summary>Places of databases that nobody has asked to remove.</summary>
    public int Held(Tier tier) => Of(tier).Count(database => database.Wanted is not (WantedCluster.Gone or WantedCluster.Archived));

    public sealed class Tier(string id, DestructionStrategy strategy)
    {
        public string Id => id;

        public DestructionStrategy Strategy => strategy;

        public bool TakesBackups => strategy == DestructionStrategy.Archive;

        public int CpuCores { get; set; } = 1;

        public int? Limit { get; set; }
    }

    public sealed class Database(DatabaseId id, string tier, int cpuCores)
    {
        public DatabaseId Id => id;

        public string Tier { get; set; } = tier;

        /// <summary>Its tier's when it was made, or last moved there.</summary>
        public int CpuCores { get; set; } = cpuCores;

        /// <summary>Whose backups it was made of; null for one that began empty.</summary>
        public DatabaseId? RestoredFrom { get; init; }

        public WantedCluster Wanted { get; set; }

        public string? Purpose { get; set; }
    }
}
