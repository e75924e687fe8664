namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>What a database takes in the object store.</summary>
/// <param name="Total">Bytes, changes included.</param>
/// <param name="ByBackup">Bytes of each backup, by the plugin's id for it.</param>
internal sealed record BucketUsage(long Total, IReadOnlyDictionary<string, long> ByBackup);
