using System.Runtime.CompilerServices;
using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>Tells every watcher which clusters changed. A watcher that is slow gets each changed cluster once, however often it changed.</summary>
public sealed class ChangeFeed
{
    private readonly Lock _lock = new();
    private readonly HashSet<Watcher> _watchers = [];

    /// <summary>To be looked at again by everybody who watches.</summary>
    public void Changed(DatabaseId id)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.Add(id);
        }
    }

    /// <summary>What exists, and then what changes, until it is cancelled.</summary>
    /// <param name="existing">Asked after the watcher is in place, so that nothing falls between.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<DatabaseId> WatchAsync(Func<IEnumerable<DatabaseId>> existing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = new Watcher();
        lock (_lock) _watchers.Add(watcher);
        try
        {
            foreach (var id in existing()) yield return id;
            while (true)
            {
                foreach (var id in await watcher.TakeAsync(cancellationToken)) yield return id;
            }
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }

    private sealed class Watcher : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly SemaphoreSlim _signal = new(0, 1);
        private HashSet<DatabaseId> _changed = [];

        public void Add(DatabaseId id)
        {
            lock (_lock)
            {
                if (_changed.Count == 0) _signal.Release();
                _changed.Add(id);
            }
        }

        public async Task<IReadOnlyCollection<DatabaseId>> TakeAsync(CancellationToken cancellationToken)
        {
            await _signal.WaitAsync(cancellationToken);
            lock (_lock)
            {
                var taken = _changed;
                _changed = [];
                return taken;
            }
        }

        public void Dispose() => _signal.Dispose();
    }
}
