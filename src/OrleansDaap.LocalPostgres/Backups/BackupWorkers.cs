using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Backups.Drills;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>The backups of every database that has any, or had a cluster that was to have some.</summary>
internal sealed class BackupWorkers(
    BackupPlaces places, BackupTools tools, DrillRunner drills, ChangeFeed feed, TimeProvider time, ILogger<BackupWorkers> logger) : IDisposable
{
    /// <summary>Longer than pgBackRest takes to answer, unless the repository hangs.</summary>
    private static readonly TimeSpan KnowledgePatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<DatabaseId, BackupWorker> _workers = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>How a database's cluster is at present; set once, before anything is asked.</summary>
    public Func<DatabaseId, (ClusterRecord? Record, ClusterObservation Observation)> Clusters { get; set; } = static _ => (null, ClusterObservation.Absent);

    public IReadOnlyList<DatabaseId> List() => places.List();

    /// <summary>Null when the database has no backups and was never to have any.</summary>
    public BackupWorker? Find(DatabaseId id)
    {
        if (_workers.TryGetValue(id, out var worker)) return worker;
        if (!places.Exists(id) || _stopping.IsCancellationRequested) return null;
        worker = _workers.GetOrAdd(id, New);
        worker.Check();
        return worker;
    }

    /// <summary>Adds to what is seen of a cluster what is seen of its backups.</summary>
    public async Task<ClusterObservation> CompleteAsync(DatabaseId id, ClusterObservation seen, CancellationToken cancellationToken)
    {
        if (!places.Exists(id) || Find(id) is not { } worker) return seen;
        await KnowAsync(worker, cancellationToken);
        return worker.Complete(seen);
    }

    public async Task<IReadOnlyList<Backup>> ListAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        if (!places.Exists(id) || Find(id) is not { } worker) return [];
        await KnowAsync(worker, cancellationToken);
        return worker.List();
    }

    /// <summary>A look at all of them, every other second.</summary>
    public void CheckAll()
    {
        foreach (var id in places.List())
        {
            try
            {
                Find(id)?.Check();
            }
            catch (Exception failure)
            {
                // It may have been retired at this very moment; the others are looked at all the same.
                logger.BackupsBroke(failure, id);
            }
        }

        if (_workers.IsEmpty) return;
        tools.Health.Look(
            () =>
            {
                foreach (var id in _workers.Keys) feed.Changed(id);
            },
            _stopping.Token);
    }

    /// <summary>Before anything else: removes what a killed server left half-done.</summary>
    public Task SweepAsync() => drills.SweepAsync();

    /// <summary>Ends the work on one database's backups, and forgets what is known of them.</summary>
    public async Task RetireAsync(DatabaseId id)
    {
        if (!_workers.TryGetValue(id, out var worker)) return;
        await worker.RetireAsync();
        _workers.TryRemove(KeyValuePair.Create(id, worker));
        worker.Dispose();
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers.Values.Select(worker => worker.RetireAsync()));
        await tools.Health.StopAsync();
    }

    public void Dispose()
    {
        foreach (var worker in _workers.Values) worker.Dispose();
        _stopping.Dispose();
    }

    private async Task KnowAsync(BackupWorker worker, CancellationToken cancellationToken) =>
        await Task.WhenAny(worker.Known, Task.Delay(KnowledgePatience, time, cancellationToken));

    private BackupWorker New(DatabaseId id) => new(id, id => Clusters(id), tools, drills, feed, time, logger, _stopping.Token);
}
