using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg;

/// <summary>
/// Clusters that CloudNativePG runs on Kubernetes. What is wanted of them is written on them: the next server finds it there, and stopping
/// this one touches none.
/// </summary>
internal sealed class CloudNativePgBackend(
    WorkerTools tools, BackupSteps backups, NamespaceGuard guard, OwnerSecrets secrets, IDatabaseLine line, ILogger<CloudNativePgBackend> logger)
    : IPostgresBackend, IHostedService, IAsyncDisposable
{
    /// <summary>For <c>/health</c>, which waits for two seconds and would tell less.</summary>
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(1);

    /// <summary>A watch that is lost is back within this time, or the API server cannot be reached.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<DatabaseId, DatabaseWorker> _workers = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;
    private volatile bool _isAdopting;
    private bool _disposed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running ??= RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Ends this server's work on the clusters and leaves them as they are.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([_running ?? Task.CompletedTask, guard.Work, .. _workers.Values.Select(worker => worker.Work)]);
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes of it once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    public Task<IReadOnlyList<int>> ListPostgresVersionsAsync(CancellationToken cancellationToken) => Task.FromResult(tools.Options.Images.Majors);

    public async Task ApplyAsync(ClusterSpec spec, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        Worker(spec.Id).Apply(spec);
    }

    public async Task<ClusterObservation> ObserveAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        return Find(id)?.Observe() ?? ClusterObservation.Absent;
    }

    public async Task DestroyAsync(DatabaseId id, bool keepBackups, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        Find(id)?.Destroy(keepBackups);
    }

    public async Task BackUpAsync(DatabaseId id, BackupRequest request, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        if (Find(id) is not { } worker) return;
        worker.Tell(await ReachAsync(() => backups.TakeAsync(tools.Book.Of(id), worker.Observe(), request, cancellationToken)));
    }

    public async Task<IReadOnlyList<Backup>> ListBackupsAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        return await backups.ListAsync(tools.Book.Of(id), cancellationToken);
    }

    // The plugin removes them by itself, by the policy on the ObjectStore.
    public Task KeepBackupsAsync(DatabaseId id, bool keep, CancellationToken cancellationToken) => DemandAsync(Patience, cancellationToken);

    public async Task DrillAsync(DatabaseId id, string drill, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        Find(id)?.Drill(drill);
    }

    public async IAsyncEnumerable<DatabaseId> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        await foreach (var id in tools.Feed.WatchAsync(Existing, cancellationToken)) yield return id;
    }

    public async Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        await DemandAsync(Patience, cancellationToken);
        if (Find(id)?.Observe() is not { Phase: ClusterPhase.Ready, Endpoint.Credentials.Namespace: { } ns }) return null;
        return await ReachAsync(async () =>
            await secrets.AddressAsync(id, ns, cancellationToken) is { } address ? await line.ListExtensionsAsync(address, cancellationToken) : null);
    }

    public Task CheckAsync(CancellationToken cancellationToken) => DemandAsync(CheckPatience, cancellationToken);

    // Whatever is left of one, should it be a policy alone: the platform knows which databases there are, and has the others removed.
    private IEnumerable<DatabaseId> Existing() => tools.Book.All.Select(objects => objects.Id)
        .Union(_workers.Values.Where(worker => !worker.IsIdle).Select(worker => worker.Id));

    private static async Task<T> ReachAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (KubernetesException failure)
        {
            throw new BackendUnavailableException(failure.Message, failure);
        }
    }

    private async Task DemandAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        _ = StartAsync(cancellationToken);
        await tools.Book.DemandAsync(patience, cancellationToken);
        await _adopted.Task.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        tools.Book.Changed = Changed;
        tools.Book.NamespaceChanged = ns => guard.Changed(ns, _stopping.Token);
        try
        {
            var watching = tools.Book.RunAsync(_stopping.Token);
            await Task.WhenAny(tools.Book.Synced, watching);
            if (tools.Book.Synced.IsCompletedSuccessfully) AdoptAll();
            await watching;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception failure)
        {
            logger.WatchBroke(failure);
        }
    }

    // Only once everything was seen: what is not there yet would be taken for deleted.
    private void AdoptAll()
    {
        _isAdopting = true;
        foreach (var objects in tools.Book.All) Changed(objects.Id);
        _adopted.TrySetResult();
        logger.DatabasesFound(_workers.Count);
    }

    private void Changed(DatabaseId id)
    {
        if (!_isAdopting) return;
        var worker = Worker(id);
        if (ClusterNotes.Of(tools.Book.Of(id).Cluster) is { } notes) worker.Adopt(notes);
        worker.Changed();
        if (tools.Book.Of(id).IsEmpty && worker.IsIdle) _workers.TryRemove(KeyValuePair.Create(id, worker));
    }

    private DatabaseWorker? Find(DatabaseId id) => _workers.GetValueOrDefault(id) ?? (tools.Book.Of(id).IsEmpty ? null : Worker(id));

    private DatabaseWorker Worker(DatabaseId id) => _workers.GetOrAdd(id, one => new DatabaseWorker(one, tools, _stopping.Token));
}
