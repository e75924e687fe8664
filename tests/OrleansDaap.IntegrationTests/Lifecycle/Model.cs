using OrleansDaap.Common;
using OrleansDaap.Databases;

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

    public IEnumerable<Database> Of(Tier tier) => Databases.Where(database => database.Tier == tier.Id);

    /// <summary>Places of databases that nobody has asked to remove.</summary>
    public int Held(Tier tier) => Of(tier).Count(database => database.Wanted != WantedCluster.Gone);

    public sealed class Tier(string id, bool freezes)
    {
        public string Id => id;

        public bool Freezes => freezes;

        public int CpuCores { get; set; } = 1;

        public int? Limit { get; set; }
    }

    public sealed class Database(DatabaseId id, string tier, int cpuCores)
    {
        public DatabaseId Id => id;

        public string Tier { get; set; } = tier;

        /// <summary>Its tier's when it was made, or last moved there.</summary>
        public int CpuCores { get; set; } = cpuCores;

        public WantedCluster Wanted { get; set; }

        public string? Purpose { get; set; }
    }
}
