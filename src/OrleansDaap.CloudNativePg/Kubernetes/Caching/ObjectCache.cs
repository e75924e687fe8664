using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansDaap.CloudNativePg.Kubernetes.Caching;

/// <summary>
/// All objects of one kind as one watch shows them, so that looking at one costs no request. It lists once, in pages, and then follows; a
/// lost watch goes on where it ended, and only when the server no longer knows that moment (410) is there another list.
/// </summary>
/// <param name="client">Asks.</param>
/// <param name="kind">The objects'.</param>
/// <param name="selection">Which of them.</param>
/// <param name="changed">Told of each change, in order, by whoever runs the cache; must be quick and must not throw.</param>
/// <param name="time">For waits.</param>
/// <param name="logger">Hears of lost watches.</param>
internal sealed partial class ObjectCache(
    KubernetesClient client, ResourceKind kind, ObjectSelection selection, Action<ObjectChange> changed, TimeProvider time, ILogger<ObjectCache> logger)
{
    public const int PageSize = 500;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ObjectKey, KubernetesObject> _objects = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _version;
    private long _lostAt;

    /// <summary>Done when it has seen everything once. Before that, an object that is not here may exist.</summary>
    public Task Synced => _synced.Task;

    /// <summary>Since when it has been without a watch, so that what it shows may be old; null while it has one.</summary>
    public DateTimeOffset? LostAt => Volatile.Read(ref _lostAt) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>As they are now; in no order.</summary>
    public ICollection<KubernetesObject> Objects => _objects.Values;

    /// <returns>Null when there is none, or nobody has seen it yet.</returns>
    public KubernetesObject? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    /// <summary>Lists and follows until it is cancelled; started once. No failure of the server ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var begun = time.GetTimestamp();
            try
            {
                _version ??= await ListAsync(cancellationToken);
                if (await FollowAsync(cancellationToken) > 0 || time.GetElapsedTime(begun) > LongestWait)
                {
                    failures = 0;
                    continue;
                }

                // A server that ends every watch at once must not be asked in a loop.
                failures++;
            }
            catch (KubernetesException failure)
            {
                if (failure.IsExpired)
                {
                    LogExpired(logger, kind, _version);
                    _version = null;
                }
                else
                {
                    if (Interlocked.CompareExchange(ref _lostAt, time.GetUtcNow().Ticks, 0) == 0) LogLost(logger, kind, failure.Message);
                }

                // What has worked for long and is lost once is asked for again at once.
                failures = time.GetElapsedTime(begun) > LongestWait ? 0 : failures + 1;
            }

            if (failures > 0) await Task.Delay(Wait(failures), time, cancellationToken);
        }
    }

    private static TimeSpan Wait(int failures)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(failures - 1, 10));
        return (wait < LongestWait ? wait : LongestWait) * (0.5 + Random.Shared.NextDouble() / 2);
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<ObjectKey, KubernetesObject>();
        var version = "";
        await foreach (var page in client.ListAsync(kind, selection, PageSize, cancellationToken))
        {
            foreach (var item in page.Items) found[item.Key] = item;
            version = page.ResourceVersion;
        }

        var changes = new List<ObjectChange>();
        foreach (var (key, before) in _objects)
        {
            if (!found.ContainsKey(key)) changes.Add(new ObjectChange(key, before, null));
        }

        foreach (var (key, now) in found)
        {
            var before = Find(key);
            if (before?.ResourceVersion != now.ResourceVersion) changes.Add(new ObjectChange(key, before, now));
        }

        foreach (var change in changes) Keep(change);
        LogListed(logger, kind, found.Count, changes.Count);
        changes.ForEach(changed);
        // Whoever keeps books by what it is told has the whole list by now.
        _synced.TrySetResult();
        return version;
    }

    /// <returns>How many events came before the server ended the watch.</returns>
    private async Task<int> FollowAsync(CancellationToken cancellationToken)
    {
        var events = 0;
        using var watch = await client.WatchAsync(kind, selection, _version!, cancellationToken);
        if (Interlocked.Exchange(ref _lostAt, 0) != 0) LogFound(logger, kind);
        await foreach (var (happened, shown) in watch.EventsAsync(cancellationToken))
        {
            events++;
            _version = shown.ResourceVersion;
            if (happened == WatchEventKind.Bookmark) continue;
            var change = new ObjectChange(shown.Key, Find(shown.Key), happened == WatchEventKind.Deleted ? null : shown);
            Keep(change);
            changed(change);
        }

        return events;
    }

    private void Keep(ObjectChange change)
    {
        if (change.Now is null)
        {
            _objects.TryRemove(change.Key, out _);
        }
        else
        {
            _objects[change.Key] = change.Now;
        }
    }

    [LoggerMessage(6010, LogLevel.Information, "Listed {Count} {Kind}, {Changes} of them changed")]
    private static partial void LogListed(ILogger logger, ResourceKind kind, int count, int changes);

    [LoggerMessage(6011, LogLevel.Warning, "The watch of {Kind} is lost: {Reason}")]
    private static partial void LogLost(ILogger logger, ResourceKind kind, string reason);

    [LoggerMessage(6012, LogLevel.Information, "The watch of {Kind} is back")]
    private static partial void LogFound(ILogger logger, ResourceKind kind);

    [LoggerMessage(6013, LogLevel.Information, "The watch of {Kind} cannot go on from {Version}, which the server no longer keeps: listing again")]
    private static partial void LogExpired(ILogger logger, ResourceKind kind, string? version);
}
