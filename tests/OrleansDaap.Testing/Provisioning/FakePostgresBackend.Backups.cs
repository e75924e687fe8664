using System.Collections.Concurrent;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Testing.Provisioning;

/// <summary>Backups and drills in memory. Each has ended well as soon as it is asked for, unless a test says otherwise.</summary>
public sealed partial class FakePostgresBackend
{
    /// <summary>What every drill measures.</summary>
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(2);

    private const long BackupSize = 4096;

    private readonly ConcurrentDictionary<DatabaseId, Repository> _repository = new();
    private readonly ConcurrentDictionary<DatabaseId, bool> _made = new();
    private readonly ConcurrentDictionary<DatabaseId, bool> _purged = new();
    private readonly ConcurrentDictionary<DatabaseId, bool> _kept = new();
    private readonly ConcurrentDictionary<DatabaseId, StatusReason> _backupFailures = new();
    private readonly ConcurrentDictionary<DatabaseId, StatusReason> _archivingFailures = new();
    private readonly ConcurrentDictionary<DatabaseId, StatusReason> _drillFailures = new();
    private readonly ConcurrentDictionary<DatabaseId, StatusReason> _purgeFailures = new();
    private readonly ConcurrentDictionary<DatabaseId, StatusReason> _unknown = new();
    private readonly ConcurrentDictionary<DatabaseId, bool> _blindDrills = new();
    private readonly ConcurrentQueue<(DatabaseId Id, BackupRequest Request)> _requested = new();
    private readonly ConcurrentQueue<(DatabaseId Id, string Drill)> _drills = new();
    private readonly Lock _backupLock = new();
    private volatile bool _holdBackups;

    /// <summary>No backup and no drill ends until <see cref="CompleteBackup"/> or <see cref="CompleteDrill"/> says so.</summary>
    public bool HoldBackups
    {
        get => _holdBackups;
        set => _holdBackups = value;
    }

    /// <summary>Every backup that was ever asked for, in order, repeated ones included.</summary>
    public IReadOnlyCollection<(DatabaseId Id, BackupRequest Request)> BackupsRequested => _requested;

    /// <summary>Every drill that was ever asked for, in order, repeated ones included.</summary>
    public IReadOnlyCollection<(DatabaseId Id, string Drill)> DrillsRequested => _drills;

    /// <summary>From now on backups of this cluster fail, until <see cref="HealBackups"/>.</summary>
    public void FailBackupsWith(DatabaseId id, string code, string message) => _backupFailures[id] = Reason(code, message);

    /// <summary>From now on drills of this cluster fail, until <see cref="HealBackups"/>.</summary>
    public void FailDrillsWith(DatabaseId id, string code, string message) => _drillFailures[id] = Reason(code, message);

    /// <summary>From now on drills of this cluster have nothing to compare with, as when it cannot be read, until <see cref="HealBackups"/>.</summary>
    public void BlindDrillsOf(DatabaseId id) => _blindDrills[id] = true;

    /// <summary>From now on changes of this cluster are not archived, until <see cref="HealBackups"/>.</summary>
    public void FailArchivingWith(DatabaseId id, string code, string message)
    {
        _archivingFailures[id] = Reason(code, message);
        Change(id, repository => repository with { ArchivedUpTo = time.GetUtcNow() });
    }

    /// <summary>From now on backups of this cluster cannot be removed, until <see cref="HealBackups"/>; the cluster itself can.</summary>
    public void FailPurgesWith(DatabaseId id, string code, string message) => _purgeFailures[id] = Reason(code, message);

    /// <summary>From now on nobody knows what this cluster's repository holds, as after a restart while it is away, until <see cref="HealBackups"/>.</summary>
    public void LoseSightOf(DatabaseId id, string code, string message)
    {
        _unknown[id] = Reason(code, message);
        _feed.Changed(id);
    }

    /// <summary>
    /// Takes back <see cref="FailBackupsWith"/>, <see cref="FailDrillsWith"/>, <see cref="FailArchivingWith"/>, <see cref="FailPurgesWith"/>,
    /// <see cref="LoseSightOf"/> and <see cref="BlindDrillsOf"/>.
    /// </summary>
    public void HealBackups(DatabaseId id)
    {
        _purgeFailures.TryRemove(id, out _);
        _unknown.TryRemove(id, out _);
        _blindDrills.TryRemove(id, out _);
        _backupFailures.TryRemove(id, out _);
        _drillFailures.TryRemove(id, out _);
        _archivingFailures.TryRemove(id, out _);
        _feed.Changed(id);
    }

    /// <summary>The oldest backups go, as when they are too old, and only the newest stays; unless they are to be kept.</summary>
    public void Expire(DatabaseId id) => Change(id, repository => _kept.ContainsKey(id) ? repository : repository with { Kept = [.. repository.Kept.Take(1)] });

    /// <summary>Ends the backup that is being taken of a cluster, if there is one.</summary>
    public void CompleteBackup(DatabaseId id) => Change(id, repository => repository.Running is { } running
        ? repository.WithBackup(running, _backupFailures.GetValueOrDefault(id), time.GetUtcNow())
        : repository);

    /// <summary>Ends the drill that is being run of a cluster, if there is one.</summary>
    public void CompleteDrill(DatabaseId id) => Change(id, repository => repository.RunningDrill is { } drill
        ? repository with { RunningDrill = null, LastDrill = Drilled(id, drill, repository) }
        : repository);

    /// <summary>What this backend knows but the repository does not is forgotten, as by a restarted one: what ran, failed or was drilled.</summary>
    public void Restart()
    {
        _kept.Clear();
        foreach (var id in _repository.Keys)
        {
            Change(id, repository => repository with
            {
                Running = null,
                LastEnded = repository.Kept.Count > 0 ? repository.Kept[0].Id : null,
                LastFailure = null,
                RunningDrill = null,
                LastDrill = null,
            });
        }
    }

    public Task BackUpAsync(DatabaseId id, BackupRequest request, CancellationToken cancellationToken)
    {
        Reach();
        _requested.Enqueue((id, request));
        var ready = _clusters.TryGetValue(id, out var cluster) && cluster is { Spec.Backups: not null, Seen.Phase: ClusterPhase.Ready };
        Change(id, repository =>
        {
            if (repository.Running?.Id == request.Id) return repository;
            if (repository.Kept.Any(kept => kept.Id == request.Id)) return repository with { LastEnded = request.Id, LastFailure = null };
            if (!ready) return repository with { LastEnded = request.Id, LastFailure = Reason("cluster-not-ready", "Only a cluster that runs and archives is backed up.") };
            // The one before it ends first.
            if (repository.Running is { } before) repository = repository.WithBackup(before, _backupFailures.GetValueOrDefault(id), time.GetUtcNow());
            var type = repository.Kept.Count == 0 ? BackupType.Full : request.Type;
            return repository with { Running = new Backup { Id = request.Id, Type = type, Status = BackupStatus.Running, StartedAt = time.GetUtcNow() } };
        });
        if (!_holdBackups) CompleteBackup(id);
        return Task.CompletedTask;
    }

    public Task KeepBackupsAsync(DatabaseId id, bool keep, CancellationToken cancellationToken)
    {
        Reach();
        if (keep) _kept[id] = true;
        else _kept.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Backup>> ListBackupsAsync(DatabaseId id, CancellationToken cancellationToken)
    {
        Reach();
        if (_unknown.TryGetValue(id, out var unknown)) throw new BackendUnavailableException(unknown.Message, null);
        IReadOnlyList<Backup> all = _repository.TryGetValue(id, out var repository) ? repository.Running is { } running ? [running, .. repository.Kept] : repository.Kept : [];
        return Task.FromResult(all);
    }

    public Task DrillAsync(DatabaseId id, string drill, CancellationToken cancellationToken)
    {
        Reach();
        _drills.Enqueue((id, drill));
        Change(id, repository => repository.RunningDrill == drill || (repository.RunningDrill is null && repository.LastDrill?.Id == drill)
            ? repository
            : repository with { RunningDrill = drill });
        if (!_holdBackups) CompleteDrill(id);
        return Task.CompletedTask;
    }

    private void Change(DatabaseId id, Func<Repository, Repository> change)
    {
        lock (_backupLock)
        {
            if (!_repository.TryGetValue(id, out var before)) return;
            var after = change(before);
            if (ReferenceEquals(before, after)) return;
            _repository[id] = after;
        }

        _feed.Changed(id);
    }

    private DrillResult Drilled(DatabaseId id, string drill, Repository repository)
    {
        var failure = _drillFailures.GetValueOrDefault(id) ?? (repository.Kept.Count == 0 ? Reason("no-backup", "There is no backup to restore yet.") : null);
        var now = time.GetUtcNow();
        return new DrillResult
        {
            Id = drill,
            FinishedAt = now,
            RecoveryTime = failure is null ? RecoveryTime : null,
            ProvenAt = failure is null ? now : null,
            Failure = failure,
            Compared = !_blindDrills.ContainsKey(id),
        };
    }

    private ClusterObservation WithBackups(DatabaseId id, ClusterObservation seen)
    {
        if (!_repository.TryGetValue(id, out var repository)) return seen;
        if (_unknown.TryGetValue(id, out var unknown)) return seen with { Backups = new BackupObservation { ArchiveTimeout = TimeSpan.FromMinutes(1), Unknown = unknown } };
        var archiving = seen.Phase == ClusterPhase.Ready ? _archivingFailures.GetValueOrDefault(id) : null;
        var runs = seen.Phase == ClusterPhase.Ready && archiving is null;
        return seen with
        {
            Reason = seen.Phase == ClusterPhase.Ready ? seen.Reason ?? archiving : seen.Reason,
            Backups = new BackupObservation
            {
                Running = repository.Running?.Id,
                LastEnded = repository.LastEnded,
                LastEndedType = repository.Kept.FirstOrDefault(kept => kept.Id == repository.LastEnded)?.Type,
                LastSuccessfulAt = repository.Kept.Count > 0 ? repository.Kept[0].FinishedAt : null,
                LastFailure = repository.LastFailure,
                ArchivingFailure = archiving,
                EarliestRestoreAt = repository.Kept.Count > 0 ? repository.Kept[^1].FinishedAt : null,
                LatestRestoreAt = repository.Kept.Count == 0 ? null : runs ? time.GetUtcNow() : repository.ArchivedUpTo ?? repository.Kept[0].FinishedAt,
                SizeBytes = repository.Kept.Count * BackupSize,
                ArchiveTimeout = TimeSpan.FromMinutes(1),
                RunningDrill = repository.RunningDrill,
                LastDrill = repository.LastDrill,
            },
        };
    }

    private StatusReason? CannotRecover(DatabaseId id, ClusterSpec spec)
    {
        if (spec.Recovery is not { } recovery || _made.ContainsKey(id)) return null;
        return _repository.TryGetValue(recovery.Database, out var source) && source.Kept.Any(backup => backup.FinishedAt <= recovery.TargetTime)
            ? null
            : Reason("restore-source-gone", $"No backup of {recovery.Database} is there that ended before {recovery.TargetTime:O}.");
    }

    private void EndBackups(DatabaseId id, bool purge)
    {
        _made.TryRemove(id, out _);
        if (purge) _repository.TryRemove(id, out _);
        else Change(id, repository => repository with { Running = null, ArchivedUpTo = time.GetUtcNow() });
    }

    private StatusReason Reason(string code, string message) => new(code, message, time.GetUtcNow());

    /// <param name="Kept">Newest first.</param>
    /// <param name="ArchivedUpTo">When its cluster last archived; null while it still does.</param>
    private sealed record Repository(
        IReadOnlyList<Backup> Kept,
        Backup? Running,
        string? LastEnded,
        StatusReason? LastFailure,
        string? RunningDrill,
        DrillResult? LastDrill,
        DateTimeOffset? ArchivedUpTo)
    {
        public static Repository Empty { get; } = new([], null, null, null, null, null, null);

        public Repository WithBackup(Backup running, StatusReason? failure, DateTimeOffset now)
        {
            var done = this with { Running = null, LastEnded = running.Id, LastFailure = failure };
            if (failure is not null) return done;
            var wal = $"00000001{Kept.Count + 2:X16}";
            var backup = running with
            {
                Status = BackupStatus.Succeeded,
                FinishedAt = now,
                SizeBytes = BackupSize,
                WalStart = wal,
                WalStop = wal,
                ChecksumsVerified = true,
            };
            return done with { Kept = [backup, .. Kept] };
        }
    }
}
