using OrleansDaap.Common;

namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>What lies in the object store, where the operator's plugin put it. Every method throws <see cref="BucketException"/> when it cannot be asked.</summary>
internal interface IBackupBucket
{
    /// <summary>How many bytes all of a database's backups and changes take, and each backup by the plugin's id for it.</summary>
    Task<BucketUsage> MeasureAsync(DatabaseId id, CancellationToken cancellationToken);

    /// <summary>Removes everything of a database. What is not there is removed at once.</summary>
    Task PurgeAsync(DatabaseId id, CancellationToken cancellationToken);
}
