using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Testing.Provisioning;

public static class ClusterSpecs
{
    /// <summary>A small cluster that every backend can make.</summary>
    public static ClusterSpec Small(DatabaseId id, int postgresVersion = 15, long generation = 1) => new()
    {
        Id = id,
        Generation = generation,
        OwnerTeam = "checkout",
        Tier = "small",
        PostgresVersion = postgresVersion,
        Instances = 1,
        CpuCores = 1,
        MemoryGib = 1,
        StorageGib = 1,
    };
}
