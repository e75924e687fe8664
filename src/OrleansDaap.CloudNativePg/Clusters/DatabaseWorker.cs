using System.Globalization;
using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>
/// Brings one database to what is wanted, in a pump that runs while there is something to do, and is started by requests and by what the
/// watches show. It remembers nothing that cannot be found again on the objects.
/// </summary>
internal sealed partial class DatabaseWorker(DatabaseId id, WorkerTools tools, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly WrittenObjects _written = new(tools.Time);
    private ClusterSpec? _spec;
    private ClusterSpec? _applied;
    private ClusterSpec? _next;
    private bool? _removalKeeps;
    private bool _applyWanted;
    private bool _isPending;
    private bool _wasShown;
    private bool _wasInitialized;
    private bool _isReady;
    private bool _isBelieved;
    private string _progress = "";
    private DateTimeOffset _progressSince = tools.Time.GetUtcNow();
    private StatusReason? _failure;
    private StatusReason? _unmeasured;
    private string? _obstacle;
    private (string Id, StatusReason? Failure)? _told;
    private ClusterObservation _shown = ClusterObservation.Absent;

    public DatabaseId Id => id;

    /// <summary>Takes over a cluster as it is written down, or what another server wrote since.</summary>
    public void Adopt(ClusterNotes notes)
    {
        lock (_lock)
        {
            if (_removalKeeps is not null) return;
            if (_spec is not null)
            {
                Follow(notes.Spec);
                return;
            }

            _spec = _applied = notes.Spec;
            var cluster = tools.Book.Of(id).Cluster;
            _wasInitialized = ClusterLook.IsInitialized(cluster);

            // It was asked when it became ready, and is asked again behind what is told: thousands take a while. One that is closed is looked at.
            _isReady = _isBelieved = !notes.Spec.Closed && cluster is not null && ClusterLook.IsServing(cluster);
        }

        Look();
    }

    public void Apply(ClusterSpec spec)
    {
        lock (_lock)
        {
            if (_removalKeeps is not null)
            {
                _next = spec;
                return;
            }

            if (spec.Generation < _spec?.Generation) return;
            var isSame = spec.WantsSameAs(_spec);
            if (!isSame) _isReady = _isReady && _spec?.Closed == spec.Closed && _spec?.Frozen == spec.Frozen;
            _spec = spec;
            if (spec.Frozen || spec.Backups is null) EndDrill();
            if (isSame && _failure is null && Verdict().Phase != ClusterPhase.Failed) return;
            _failure = null;
            _applyWanted = true;
            _progressSince = tools.Time.GetUtcNow();
        }

        Look();
        Kick();
    }

    public void Destroy(bool keepBackups)
    {
        lock (_lock)
        {
            _next = null;
            _failure = null;
            if (_removalKeeps is null && _spec is null && (tools.Book.Of(id) is var found && (keepBackups ? found.IsGone : found.IsEmpty))) return;
            _removalKeeps = _removalKeeps != false && keepBackups;
            EndDrill();
            _progressSince = tools.Time.GetUtcNow();
        }

        Look();
        Kick();
    }

    public ClusterObservation Observe()
    {
        lock (_lock) return Current();
    }

    /// <summary>A request for a backup ended without one being taken.</summary>
    public void Tell((string Id, StatusReason? Failure)? told)
    {
        lock (_lock) _told = told;
        Look();
    }

    /// <summary>Something of it changed.</summary>
    public void Changed()
    {
        Look();
        Kick();
    }

    /// <summary>Whether nobody wants anything of it.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock) return _spec is null && _removalKeeps is null && _next is null && _pump is null && _told is null && _drill is null;
        }
    }

    // Two servers that each put right what the other wrote would never end.
    private void Follow(ClusterSpec written)
    {
        if (written.Generation > _spec!.Generation)
        {
            _isReady = _isReady && _spec.Closed == written.Closed && _spec.Frozen == written.Frozen;
            (_spec, _applied, _applyWanted, _failure) = (written, written, false, null);
        }
        else if (written.WantsSameAs(_applied))
        {
            _applied = written;
        }
    }

    /// <summary>Tells whoever watches when what there is to see changed.</summary>
    private void Look()
    {
        lock (_lock)
        {
            var cluster = tools.Book.Of(id).Cluster;
            var progress = Progress(cluster);
            if (progress != _progress) _progressSince = tools.Time.GetUtcNow();
            _progress = progress;
            if (cluster is null || !ClusterLook.IsServing(cluster)) _isReady = false;
            _wasShown |= cluster is not null;
            _wasInitialized |= ClusterLook.IsInitialized(cluster);
            var now = Current();
            if (Steady(now) == Steady(_shown)) return;
            _shown = now;
        }

        tools.Feed.Changed(id);
    }

    private ClusterVerdict Verdict() =>
        ClusterLook.Patiently(ClusterLook.Of(Sight()), Sight(), tools.Options.GivesUpAfter, tools.Time.GetUtcNow());

    private ClusterSight Sight() => new()
    {
        Objects = tools.Book.Of(id),
        Spec = _spec,
        IsRemoving = _removalKeeps is not null,
        IsPending = _applyWanted || (_spec is not null && Reached(tools.Book.Of(id).Cluster) != _spec.Generation),
        Obstacle = _obstacle,
        Failure = _failure,
        Answers = _isReady,
        IsClosedEverywhere = _isReady,
        ProgressSince = _progressSince,
    };

    private ClusterObservation Current()
    {
        var (sight, verdict) = (Sight(), Verdict());
        return new ClusterObservation
        {
            Phase = verdict.Phase,
            Generation = _spec?.Generation ?? 0,
            Reason = verdict.Reason,
            PostgresVersion = verdict.Phase == ClusterPhase.Absent ? null : ClusterLook.Version(sight.Objects.Cluster),
            Endpoint = verdict.Phase == ClusterPhase.Ready && !_spec!.Closed ? Endpoints.Of(_spec, sight.Objects.Cluster!.Namespace!) : null,
            Backups = BackupLook.Of(sight, _told, _unmeasured, (_drill, _lastDrill), tools.Options, tools.Time.GetUtcNow()),
        };
    }

    private static long? Reached(Kubernetes.KubernetesObject? cluster) =>
        long.TryParse(cluster?.Annotation(ClusterManifest.GenerationAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null;

    // The time goes on by itself: nobody is woken for that.
    private static ClusterObservation Steady(ClusterObservation seen) =>
        seen.Backups is { } backups ? seen with { Backups = backups with { LatestRestoreAt = null } } : seen;

    private static string Progress(Kubernetes.KubernetesObject? cluster) => cluster is null ? "" : string.Join(
        '|',
        cluster.Uid, cluster.Text("status", "phase"), cluster.Text("status", "phaseReason"), cluster.Number("status", "readyInstances"),
        cluster.Condition(ClusterWords.Initialized)?.Status, cluster.Condition(ClusterWords.Ready)?.Status, cluster.Condition(ClusterWords.Hibernation)?.Reason,
        cluster.Annotation(ClusterManifest.GenerationAnnotation), cluster.DeletionRequestedAt);
}
