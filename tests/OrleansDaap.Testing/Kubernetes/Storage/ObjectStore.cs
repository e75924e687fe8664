using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using OrleansDaap.CloudNativePg.Kubernetes;

namespace OrleansDaap.Testing.Kubernetes.Storage;

/// <summary>The test API server's etcd: all objects, one revision for all kinds, and what happened since a revision that it still knows.</summary>
/// <param name="firstRevision">Nothing is known of what was before.</param>
internal sealed class ObjectStore(long firstRevision)
{
    private readonly Dictionary<ResourceKind, Shelf> _shelves = [];

    /// <summary>Held for a whole write, so that each is alone.</summary>
    public Lock Lock { get; } = new();

    public long Revision { get; private set; } = firstRevision;

    /// <summary>Watches from before this are told that they are too late.</summary>
    public long OldestRevision { get; private set; } = firstRevision;

    public long NextRevision => Revision + 1;

    /// <summary>Those that something was asked of.</summary>
    public IEnumerable<ResourceKind> Kinds => _shelves.Keys;

    public StoredVersion? Find(ResourceKind kind, ObjectKey key)
    {
        lock (Lock) return ShelfOf(kind).Objects.GetValueOrDefault(key);
    }

    /// <summary>Everything of a kind in the order of lists, and when that was.</summary>
    public (ImmutableSortedDictionary<ObjectKey, StoredVersion> Objects, long Revision) Snapshot(ResourceKind kind)
    {
        lock (Lock)
        {
            var shelf = ShelfOf(kind);
            shelf.Snapshots[Revision] = shelf.Objects;
            return (shelf.Objects, Revision);
        }
    }

    /// <summary>As it was at an earlier <see cref="Snapshot(ResourceKind)"/>; null when that is forgotten.</summary>
    public ImmutableSortedDictionary<ObjectKey, StoredVersion>? SnapshotAt(ResourceKind kind, long revision)
    {
        lock (Lock) return revision < OldestRevision ? null : ShelfOf(kind).Snapshots.GetValueOrDefault(revision);
    }

    public StoredVersion Put(ResourceKind kind, ObjectKey key, JsonObject json)
    {
        lock (Lock)
        {
            var shelf = ShelfOf(kind);
            json["metadata"]!["resourceVersion"] = $"{NextRevision}";
            var before = shelf.Objects.GetValueOrDefault(key);
            var now = new StoredVersion(key, NextRevision, json);
            shelf.Objects = shelf.Objects.SetItem(key, now);
            Tell(shelf, new StoreEvent(++Revision, before, now, IsDeleted: false));
            return now;
        }
    }

    public void Remove(ResourceKind kind, ObjectKey key)
    {
        lock (Lock)
        {
            var shelf = ShelfOf(kind);
            var before = shelf.Objects[key];
            var last = before.ToJson();
            last["metadata"]!["resourceVersion"] = $"{NextRevision}";
            shelf.Objects = shelf.Objects.Remove(key);
            Tell(shelf, new StoreEvent(++Revision, before, new StoredVersion(key, Revision, last), IsDeleted: true));
        }
    }

    /// <summary>Something else happened in the cluster.</summary>
    public void Skip(int revisions)
    {
        lock (Lock) Revision += revisions;
    }

    /// <summary>Forgets what happened so far, as etcd is told to every few minutes.</summary>
    public void Compact()
    {
        lock (Lock)
        {
            OldestRevision = Revision;
            foreach (var shelf in _shelves.Values)
            {
                shelf.Events.Clear();
                shelf.Snapshots.Clear();
            }
        }
    }

    /// <summary>What happened after that revision, and then whatever happens, until the reader is closed with <see cref="Leave"/>.</summary>
    /// <returns>Null when that is too long ago.</returns>
    public Channel<StoreEvent>? Follow(ResourceKind kind, long after)
    {
        lock (Lock)
        {
            if (after < OldestRevision) return null;
            var shelf = ShelfOf(kind);
            var channel = Channel.CreateUnbounded<StoreEvent>(new UnboundedChannelOptions { SingleReader = true });
            for (var i = FirstAfter(shelf.Events, after); i < shelf.Events.Count; i++) channel.Writer.TryWrite(shelf.Events[i]);
            shelf.Followers.Add(channel);
            return channel;
        }
    }

    public void Leave(ResourceKind kind, Channel<StoreEvent> channel)
    {
        lock (Lock) ShelfOf(kind).Followers.Remove(channel);
    }

    private static int FirstAfter(List<StoreEvent> events, long revision)
    {
        var (low, high) = (0, events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (events[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static void Tell(Shelf shelf, StoreEvent happened)
    {
        shelf.Events.Add(happened);
        foreach (var follower in shelf.Followers) follower.Writer.TryWrite(happened);
    }

    private Shelf ShelfOf(ResourceKind kind) => _shelves.TryGetValue(kind, out var shelf) ? shelf : _shelves[kind] = new Shelf();

    private sealed class Shelf
    {
        public ImmutableSortedDictionary<ObjectKey, StoredVersion> Objects { get; set; } = ImmutableSortedDictionary.Create<ObjectKey, StoredVersion>(new ByNamespaceAndName());

        public List<StoreEvent> Events { get; } = [];

        public Dictionary<long, ImmutableSortedDictionary<ObjectKey, StoredVersion>> Snapshots { get; } = [];

        public List<Channel<StoreEvent>> Followers { get; } = [];
    }

    private sealed class ByNamespaceAndName : IComparer<ObjectKey>
    {
        public int Compare(ObjectKey x, ObjectKey y) =>
            string.CompareOrdinal(x.Namespace, y.Namespace) is var order and not 0 ? order : string.CompareOrdinal(x.Name, y.Name);
    }
}
