using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>The settings that a cluster is to have today.</summary>
internal sealed class ClusterConfiguration(PostgresFiles files, BackupSettings backups)
{
    public void Write(ClusterRecord record, PostgresPlace place) => files.Write(place.Pgdata, Conf(record, place), Hba(record));

    /// <summary>What a server that runs there would have to do to obey them, once they are written.</summary>
    public SettingsChange Compare(ClusterRecord record, PostgresPlace place) => files.Compare(place.Pgdata, Conf(record, place), Hba(record));

    private string Conf(ClusterRecord record, PostgresPlace place) => PostgresSettings.Conf(
        place,
        record.Spec.CpuCores,
        record.Spec.MemoryGib,
        PostgresSettings.MachineMemory,
        record.Spec.Backups is null ? null : backups.Archiving(record.Spec.Id));

    private static string Hba(ClusterRecord record) => record.Spec.Closed ? PostgresSettings.ClosedHba : PostgresSettings.Hba;
}
