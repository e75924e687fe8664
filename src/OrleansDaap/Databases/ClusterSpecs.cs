using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;

namespace OrleansDaap.Databases;

/// <summary>Makes the spec that the backend gets from a database's state.</summary>
internal static class ClusterSpecs
{
    public static ClusterSpec Of(DatabaseState state)
    {
        var tier = state.Tier.Spec;
        return new ClusterSpec
        {
            Id = state.Id,
            Generation = state.Generation,
            OwnerTeam = state.OwnerTeam,
            Tier = state.Tier.Id,
            TierRevision = state.Tier.Revision,
            PostgresVersion = tier.PostgresVersion,
            Instances = tier.Instances,
            CpuCores = tier.CpuCores,
            MemoryGib = tier.MemoryGib,
            StorageGib = tier.Storage.SizeGib,
            StorageClass = tier.Storage.Class,
            Pooler = tier.Pooling is { } pooling ? new PoolerSpec(Mode(pooling.Mode), pooling.MaxConnections) : null,
            Frozen = state.Wanted == WantedCluster.Frozen,
            Closed = state.Wanted == WantedCluster.Archived,
            Recovery = state.RestoredFrom,
            Backups = tier.Backup is { } backup ? new BackupSpec(backup.RetentionDays) : null,
            HasData = state.ReadyAt is not null,
        };
    }

    private static PoolMode Mode(PoolingMode mode) => mode switch
    {
        PoolingMode.Session => PoolMode.Session,
        PoolingMode.Transaction => PoolMode.Transaction,
        PoolingMode.Statement => PoolMode.Statement,
    };
}
