using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Caching;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What every database consists of, fed by one watch for each kind: looking costs no request.</summary>
internal sealed class ObjectBook
{
    private readonly ConcurrentDictionary<DatabaseId, DatabaseObjects> _books = new();
    private readonly Lock _lock = new();
    private readonly ObjectCache[] _caches;
    private readonly TimeProvider _time;

    public ObjectBook(KubernetesClient client, TimeProvider time, ILogger<ObjectCache> logger)
    {
        _time = time;
        var ours = new ObjectSelection(Labels: $"{ObjectLabels.ManagedBy}={ObjectLabels.Manager}");
        _caches = [.. Kinds.Watched.Select(kind => new ObjectCache(client, kind, ours, change => Keep(kind, change), time, logger))];
    }

    /// <summary>Told of a database after something of it changed; quick.</summary>
    public Action<DatabaseId> Changed { get; set; } = _ => { };

    /// <summary>Told of a namespace after what it has for all its databases changed; quick.</summary>
    public Action<string> NamespaceChanged { get; set; } = _ => { };

    public IEnumerable<DatabaseObjects> All => _books.Values;

    public DatabaseObjects Of(DatabaseId id) => _books.GetValueOrDefault(id) ?? DatabaseObjects.None(id);

    /// <returns>Null when there is none, or nobody has seen it yet.</returns>
    public KubernetesObject? Find(ResourceKind kind, ObjectKey key) => _caches[Kinds.Watched.IndexOf(kind)].Find(key);

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_caches.Select(cache => cache.RunAsync(cancellationToken)));

    /// <summary>Done when it has seen everything once.</summary>
    public Task Synced => Task.WhenAll(_caches.Select(cache => cache.Synced));

    /// <param name="patience">How long it may take to show everything, and how old may be what it shows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BackendUnavailableException">It shows what was a while ago, or nothing yet.</exception>
    public async Task DemandAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!Synced.IsCompletedSuccessfully)
        {
            try
            {
                await Synced.WaitAsync(patience, _time, cancellationToken);
            }
            catch (TimeoutException late)
            {
                throw new BackendUnavailableException("The Kubernetes API server has not shown its objects yet; see the server's log for why.", late);
            }
        }

        if (_caches.Min(cache => cache.LostAt) is { } lost && _time.GetUtcNow() - lost > patience)
            throw new BackendUnavailableException($"The Kubernetes API server cannot be reached since {lost:u}; see the server's log for why.", null);
    }

    private void Keep(ResourceKind kind, ObjectChange change)
    {
        var key = new ObjectId(kind, change.Key);
        var (before, now) = (Whose(change.Before), Whose(change.Now));
        if (before is null && now is null && change.Key.Namespace is { } ns) NamespaceChanged(ns);

        // Somebody may have given it another label by hand.
        if (before is { } left && left != now) Write(left, objects => objects.Remove(key));
        if (now is { } id) Write(id, objects => objects.SetItem(key, change.Now!));
    }

    private void Write(DatabaseId id, Func<ImmutableDictionary<ObjectId, KubernetesObject>, ImmutableDictionary<ObjectId, KubernetesObject>> change)
    {
        lock (_lock)
        {
            var objects = Of(id);
            objects = objects with { All = change(objects.All) };
            if (objects.IsEmpty) _books.TryRemove(id, out _);
            else _books[id] = objects;
        }

        Changed(id);
    }

    private static DatabaseId? Whose(KubernetesObject? thing) => DatabaseId.TryParse(thing?.Label(ObjectLabels.Database), out var id) ? id : null;
}
