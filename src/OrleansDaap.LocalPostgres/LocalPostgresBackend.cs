using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres;

/// <summary>
/// Clusters as processes of this machine. They outlive the server: stopping it touches none of them, and the next one takes them over
/// from their records and pid files.
/// </summary>
internal sealed class LocalPostgresBackend(
    DataDirectory data,
    ClusterStore store,
    ClusterSteps steps,
    ClusterLook look,
    ClusterDrift drift,
    InstalledExtensions extensions,
    ChangeFeed feed,
    PortAllocator ports,
    PostgresInstallations installations,
    SpareClones spares,
    BackupWorkers backups,
    BackupPlaces backupPlaces,
    BackupSettings backupSettings,
    Expiry expiry,
    TimeProvider time,
    ILogger<LocalPostgresBackend> logger) : IPostgresBackend, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often clusters that nobody applies are held against what is wanted of them.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromDays(1);

    /// <summary>A database that logs all it can writes a few gigabytes a minute.</summary>
    private static readonly TimeSpan PruneInterval = TimeSpan.FromSeconds(10);

    /// <summary>Who asks is not kept waiting for a slow bucket: a grain's call ends after 30 s.</summary>
    private static readonly TimeSpan ExpiryPatience = TimeSpan.FromSeconds(10);

    /// <summary>More would only make each creation slower on the few cores of a laptop.</summary>
    private const int WorkersAtOnce = 4;

    private readonly ConcurrentDictionary<DatabaseId, ClusterWorker> _workers = new();
    private readonly ConcurrentDictionary<DatabaseId, bool> _kept = new();
    private readonly SemaphoreSlim _slots = new(WorkersAtOnce, WorkersAtOnce);
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private Task? _sweeping;
    private bool _disposed;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_sweeping is not null) return;
            await data.OpenAsync(cancellationToken);
            AdoptAll();
            AdoptBackups();
            await backups.SweepAsync();
            await RefreshAllAsync();
            if (await installations.ListAsync(cancellationToken) is [.., var newest]) spares.Fill(newest);
            _sweeping = Task.Run(SweepAsync, CancellationToken.None);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Ends this server's work on the clusters and leaves them as they are.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([.. _workers.Values.Select(worker => worker.Work), _sweeping ?? Task.CompletedTask]);
        await spares.StopAsync();
        await backups.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes of it once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await StopAsync(CancellationToken.None);
        _slots.Dispose();
        _starting.Dispose();
        _stopping.Dispose();
    }

    public async Task<IReadOnlyList<int>> ListPostgresVersionsAsync(CancellationToken cancellationToken) =>
        [.. (await installations.ListAsync(cancellationToken)).Select(installation => installation.Major)];

    public async Task ApplyAsync(ClusterSpec spec, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        while (true)
        {
            var worker = Find(spec.Id) ?? _workers.GetOrAdd(spec.Id, NewWorker);
            if (worker.Apply(spec)) return;
            Forget(worker);
        }
    }

    public async Task<ClusterObservation> ObserveAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        return await backups.CompleteAsync(id, Find(id)?.Observation ?? ClusterObservation.Absent, cancellationToken);
    }

    public async Task DestroyAsync(DatabaseId id, bool keepBackups, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        if (!keepBackups) _kept.TryRemove(id, out _);
        while ((Find(id) ?? (!keepBackups && backupPlaces.Exists(id) ? _workers.GetOrAdd(id, NewWorker) : null)) is { } worker)
        {
            if (worker.Destroy(keepBackups)) return;
            Forget(worker);
        }
    }

    public async Task BackUpAsync(DatabaseId id, BackupRequest request, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        backups.Find(id)?.Ask(request);
    }

    public async Task KeepBackupsAsync(DatabaseId id, bool keep, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        if (!keep || !backupPlaces.Exists(id))
        {
            _kept.TryRemove(id, out _);
            return;
        }

        _kept[id] = true;
        // Without settings nobody can be removing anything.
        if (!File.Exists(backupPlaces.SettingsFile(id))) return;
        try
        {
            await expiry.WaitAsync(id, cancellationToken).WaitAsync(ExpiryPatience, time, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new BackendUnavailableException("Backups that are too old are just being removed; ask again in a minute.", late);
        }
    }

    public async Task<IReadOnlyList<Backup>> ListBackupsAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        return await backups.ListAsync(id, cancellationToken);
    }

    public async Task DrillAsync(DatabaseId id, string drill, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        backups.Find(id)?.Drill(drill);
    }

    public async IAsyncEnumerable<DatabaseId> WatchAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        await foreach (var id in feed.WatchAsync(Existing, cancellationToken)) yield return id;
    }

    public async Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        return Find(id)?.Observation.Phase == ClusterPhase.Ready ? await extensions.TryListAsync(id, cancellationToken) : null;
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await StartedAsync(cancellationToken);
        if ((await installations.ListAsync(cancellationToken)).Count == 0)
            throw new InvalidOperationException("No PostgreSQL 15 or newer is installed on this machine; see Daap:Local:PostgresInstallations.");
        await data.ProbeAsync(cancellationToken);
    }

    private IEnumerable<DatabaseId> Existing() =>
        _workers.Values.Where(worker => worker.Observation.Phase != ClusterPhase.Absent).Select(worker => worker.Id).Union(backups.List());

    private Task StartedAsync(CancellationToken cancellationToken) => _sweeping is not null ? Task.CompletedTask : StartAsync(cancellationToken);

    private ClusterWorker NewWorker(DatabaseId id) => new(id, steps, look, feed, _slots, time, logger, _stopping.Token);

    private void Forget(ClusterWorker worker) => _workers.TryRemove(KeyValuePair.Create(worker.Id, worker));

    // What nobody works on may have been put back by hand: two looks for a directory tell.
    private ClusterWorker? Find(DatabaseId id)
    {
        if (_workers.TryGetValue(id, out var worker)) return worker;
        return look.First(id) is { Phase: not ClusterPhase.Absent } observation ? Adopt(id, observation) : null;
    }

    private ClusterWorker Adopt(DatabaseId id, ClusterObservation observation)
    {
        // A record that cannot be read has been told of by the look; its ports are then found taken when they are tried.
        var record = observation.Phase == ClusterPhase.Failed ? null : store.Read(id);
        if (record is not null) ports.TryHold(id, record.Port);
        if (record?.PoolerPort is { } pooled) ports.TryHold(id, pooled);
        var worker = NewWorker(id);
        worker.Adopt(record, observation);
        return _workers.GetOrAdd(id, worker);
    }

    private void AdoptAll()
    {
        // Should two records name one port, it is the one's that serves; the other takes another when it is applied.
        var found = store.List().Select(id => (Id: id, Seen: look.First(id))).ToList();
        foreach (var (id, seen) in found.OrderByDescending(one => one.Seen.Phase == ClusterPhase.Ready)) Adopt(id, seen);
        logger.ClustersFound(_workers.Count, _workers.Values.Count(worker => worker.Observation.Phase == ClusterPhase.Ready));
    }

    // Settings may have changed since, such as the key to a bucket.
    private void AdoptBackups()
    {
        expiry.IsRestored = source => _kept.ContainsKey(source) || _workers.Values.Any(worker => worker.IsMadeOf(source));
        backups.Clusters = id => Find(id)?.Seen ?? (null, ClusterObservation.Absent);
        foreach (var id in backups.List())
        {
            try
            {
                backupSettings.Ensure(id, Find(id)?.Seen.Record);
            }
            catch (Exception failure) when (Failures.Describe(failure) is { } words)
            {
                logger.BackupSettingsFailed(id, words.Message);
            }
        }
    }

    private async Task RefreshAllAsync()
    {
        foreach (var worker in _workers.Values)
        {
            try
            {
                await worker.RefreshAsync(drift);
            }
            catch (Exception failure) when (!_stopping.IsCancellationRequested)
            {
                logger.SweepFailed(failure);
            }
        }
    }

    private void PruneLogs()
    {
        foreach (var worker in _workers.Values) worker.PruneLogs();
        LogPruner.Prune(Path.Combine(data.Platform, "log"));
    }

    private void CheckAll()
    {
        foreach (var worker in _workers.Values)
        {
            try
            {
                worker.Check();
                if (worker.Observation is { Phase: ClusterPhase.Absent, Reason: null } && worker.Work.IsCompleted) Forget(worker);
            }
            catch (Exception failure)
            {
                // The others are looked at all the same.
                logger.SweepFailed(failure);
            }
        }
    }

    private async Task SweepAsync()
    {
        var pruned = time.GetUtcNow();
        var refreshed = time.GetUtcNow();
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    CheckAll();
                    backups.CheckAll();
                    if (time.GetUtcNow() - pruned > PruneInterval)
                    {
                        pruned = time.GetUtcNow();
                        PruneLogs();
                    }

                    if (time.GetUtcNow() - refreshed < RefreshInterval) continue;
                    refreshed = time.GetUtcNow();
                    await RefreshAllAsync();
                }
                // Whatever it is: a look that ended for good would leave every database alone with its crashes.
                catch (Exception failure) when (!_stopping.IsCancellationRequested)
                {
                    logger.SweepFailed(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
