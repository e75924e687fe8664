using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Drills;

namespace OrleansDaap.CloudNativePg.RestoreDrills;

/// <summary>What a drill asks of the PostgreSQLs themselves. Every method throws Npgsql's exceptions when it gets no answer.</summary>
internal interface IRestoreCheck
{
    /// <summary>What the source has at one moment, by what its owner can read.</summary>
    Task<TakenSample> SampleAsync(DatabaseAddress source, CancellationToken cancellationToken);

    /// <summary>Whether the source has archived that WAL file. Asking makes it archive the next one in time, even if nothing else happens.</summary>
    Task<bool> HasArchivedAsync(DatabaseAddress source, string wal, CancellationToken cancellationToken);

    /// <summary>What differs in the restored one, in words; null when nothing does.</summary>
    Task<string?> FindDifferenceAsync(DatabaseAddress restored, SourceSample sample, CancellationToken cancellationToken);

    /// <summary>What is wrong with the restored one's files, in words; null when nothing is, or it cannot be checked.</summary>
    Task<string?> FindCorruptionAsync(DatabaseAddress restored, IEnumerable<string> databases, CancellationToken cancellationToken);
}
