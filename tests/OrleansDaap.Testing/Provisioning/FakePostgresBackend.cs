using System.Collections.Concurrent;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Testing.Provisioning;

/// <summary>Clusters in memory. Each is ready as soon as it is applied, unless a test says otherwise.</summary>
public sealed partial class FakePostgresBackend(TimeProvider time) : IPostgresBackend
{
    private static readonly IReadOnlyList<PostgresExtension> Fresh = [new("plpgsql", "1.0")];
    private readonly ConcurrentDictionary<DatabaseId, Cluster> _clusters = new();
    private readonly ConcurrentDictionary<DatabaseId, StatusReason> _failures = new();
    private readonly ConcurrentDictionary<DatabaseId, bool> _stalled = new();
    private readonly ConcurrentQueue<ClusterSpec> _applied = new();
    private readonly ConcurrentDictionary<DatabaseId, IReadOnlyList<PostgresExtension>?> _extensions = new();
    private readonly ChangeFeed _feed = new();
    private volatile bool _unreachable;
    private volatile bool _manual;
    private int _extensionLooks;

    public IReadOnlyList<int> Versions { get; set; } = [15, 16, 17];

    /// <summary>Every method throws, as when the machine behind a backend is away.</summary>
    public bool Unreachable
    {
        get => _unreachable;
        set => _unreachable = value;
    }

    /// <summary>Nothing gets done until <see cref="Complete"/> says so.</summary>
    public bool Manual
    {
        get => _manual;
        set => _manual = value;
    }

    /// <summary>The clusters that there are, in whatever state.</summary>
    public IReadOnlyCollection<DatabaseId> Clusters => [.. _clusters.Keys];

    /// <summary>Every spec that was ever applied, in order, ignored ones included.</summary>
    public IReadOnlyCollection<ClusterSpec> Applied => _applied;

    /// <summary>How often somebody looked for extensions.</summary>
    public int ExtensionLooks => _extensionLooks;

    /// <summary>What the database's users have installed; null: they cannot be read.</summary>
    public void Install(DatabaseId id, params PostgresExtension[]? extensions) => _extensions[id] = extensions;

    /// <summary>From now on, applying to this cluster or destroying it fails, until <see cref="Heal"/>.</summary>
    public void FailWith(DatabaseId id, string code, string message) => _failures[id] = new StatusReason(code, message, time.GetUtcNow());

    /// <summary>Work on this cluster begins and does not end, until <see cref="Heal"/>.</summary>
    public void Stall(DatabaseId id) => _stalled[id] = true;

    /// <summary>Takes back <see cref="FailWith"/> and <see cref="Stall"/>; what was stalled goes on, what failed waits to be applied again.</summary>
    public void Heal(DatabaseId id)
    {
        _failures.TryRemove(id, out _);
        if (_stalled.TryRemove(id, out _)) Complete(id);
    }

    /// <summary>Ends the work on a cluster that is progressing.</summary>
    public void Complete(DatabaseId id)
    {
        if (_clusters.TryGetValue(id, out var cluster) && cluster.Seen.Phase == ClusterPhase.Progressing) Finish(cluster.Id, cluster.Spec);
    }

    /// <summary>What runs of it dies.</summary>
    public void Crash(DatabaseId id, string code = "postgres-stopped", string message = "PostgreSQL does not run any more.")
    {
        if (_clusters.TryGetValue(id, out var cluster))
            See(cluster with { Seen = cluster.Seen with { Phase = ClusterPhase.Stopped, Endpoint = null, Reason = new StatusReason(code, message, time.GetUtcNow()) } });
    }

    public Task<IReadOnlyList<int>> ListPostgresVersionsAsync(CancellationToken cancellationToken)
    {
        Reach();
        return Task.FromResult(Versions);
    }

    public Task ApplyAsync(ClusterSpec spec, CancellationToken cancellationToken)
    {
        Reach();
        _applied.Enqueue(spec);
        if (_clusters.TryGetValue(spec.Id, out var known) && known.Spec is { } last)
        {
            if (spec.Generation < last.Generation) return Task.CompletedTask;
            if (spec.WantsSameAs(last) && known.Seen.Phase == ClusterPhase.Ready) return Task.CompletedTask;
        }
        else if (spec.HasData)
        {
            var lost = new StatusReason("data-missing", "The cluster had data, and is gone.", time.GetUtcNow());
            See(new Cluster(spec.Id, null, new ClusterObservation { Phase = ClusterPhase.Failed, Generation = spec.Generation, Reason = lost }));
            return Task.CompletedTask;
        }

        Begin(spec.Id, spec, spec.Generation);
        return Task.CompletedTask;
    }

    public Task<ClusterObservation> ObserveAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        Reach();
        return Task.FromResult(WithBackups(id, _clusters.TryGetValue(id, out var cluster) ? cluster.Seen : ClusterObservation.Absent));
    }

    public Task DestroyAsync(DatabaseId id, bool keepBackups, CancellationToken cancellationToken)
    {
        Reach();
        var known = _clusters.TryGetValue(id, out var cluster);
        if (!known && (keepBackups || !_repository.ContainsKey(id))) return Task.CompletedTask;
        _purged[id] = !keepBackups;
        Begin(id, null, cluster?.Seen.Generation ?? 0);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<DatabaseId> WatchAsync(CancellationToken cancellationToken)
    {
        Reach();
        return _feed.WatchAsync(() => _clusters.Keys.Union(_repository.Keys), cancellationToken);
    }

    public Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        Reach();
        Interlocked.Increment(ref _extensionLooks);
        var runs = _clusters.TryGetValue(id, out var cluster) && cluster.Seen.Phase == ClusterPhase.Ready;
        return Task.FromResult(!runs ? null : _extensions.TryGetValue(id, out var installed) ? installed : Fresh);
    }

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        Reach();
        return Task.CompletedTask;
    }

    private void Reach()
    {
        if (_unreachable) throw new BackendUnavailableException("The backend cannot be reached.", null);
    }

    private void Begin(DatabaseId id, ClusterSpec? spec, long generation)
    {
        See(new Cluster(id, spec, new ClusterObservation { Phase = ClusterPhase.Progressing, Generation = generation }));
        if (!_manual && !_stalled.ContainsKey(id)) Finish(id, spec);
    }

    private void Finish(DatabaseId id, ClusterSpec? spec)
    {
        if (_failures.TryGetValue(id, out var reason))
        {
            See(new Cluster(id, spec, new ClusterObservation { Phase = ClusterPhase.Failed, Generation = spec?.Generation ?? 0, Reason = reason }));
        }
        else if (spec is null && _purged.GetValueOrDefault(id) && _purgeFailures.TryGetValue(id, out var left))
        {
            _made.TryRemove(id, out _);
            See(new Cluster(id, null, ClusterObservation.Absent with { Reason = left }));
        }
        else if (spec is null)
        {
            EndBackups(id, _purged.TryRemove(id, out var purged) && purged);
            _clusters.TryRemove(id, out _);
            _feed.Changed(id);
        }
        else if (CannotRecover(id, spec) is { } lost)
        {
            See(new Cluster(id, spec, new ClusterObservation { Phase = ClusterPhase.Failed, Generation = spec.Generation, Reason = lost }));
        }
        else
        {
            if (spec.Backups is not null) _repository.TryAdd(id, Repository.Empty);
            _made[id] = true;
            See(new Cluster(id, spec, Reached(spec)));
        }
    }

    private static ClusterObservation Reached(ClusterSpec spec) => new()
    {
        Phase = spec.Frozen ? ClusterPhase.Stopped : ClusterPhase.Ready,
        Generation = spec.Generation,
        PostgresVersion = $"{spec.PostgresVersion}.1",
        Endpoint = spec.Frozen || spec.Closed ? null : new ClusterEndpoint(
            "127.0.0.1",
            15432,
            spec.Pooler is null ? null : "127.0.0.1",
            spec.Pooler is null ? null : 15433,
            new SecretLocation("directory", $"/credentials/{spec.Id}"),
            new SecretLocation("file", "/ca/ca.crt")),
    };

    private void See(Cluster cluster)
    {
        _clusters[cluster.Id] = cluster;
        _feed.Changed(cluster.Id);
    }

    /// <param name="Spec">Null: it is being destroyed, or was lost.</param>
    private sealed record Cluster(DatabaseId Id, ClusterSpec? Spec, ClusterObservation Seen);
}
