using System.Collections.Concurrent;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.Common;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>An object store in memory, filled by the operator double.</summary>
internal sealed class TestBucket : IBackupBucket
{
    private const long BackupSize = 4096;
    private readonly ConcurrentDictionary<DatabaseId, ConcurrentDictionary<string, long>> _backups = new();

    /// <summary>Not null: it cannot be asked, and says so.</summary>
    public string? Failure { get; set; }

    public void Add(DatabaseId id, string backup) => _backups.GetOrAdd(id, _ => new())[backup] = BackupSize;

    public bool Holds(DatabaseId id) => _backups.ContainsKey(id);

    public Task<BucketUsage> MeasureAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw new BucketException(failure);
        var found = _backups.GetValueOrDefault(id)?.ToDictionary() ?? [];
        return Task.FromResult(new BucketUsage(found.Values.Sum(), found));
    }

    public Task PurgeAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw new BucketException(failure);
        _backups.TryRemove(id, out _);
        return Task.CompletedTask;
    }
}
