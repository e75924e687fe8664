using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Backups.Drills;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// One database's backups: what was last seen of them, and at most one being taken at a time. What is asked for lives in memory only;
/// after a crash whoever wants it asks again, and one that was taken meanwhile is found.
/// </summary>
internal sealed class BackupWorker(
    DatabaseId id,
    Func<DatabaseId, (ClusterRecord? Record, ClusterObservation Observation)> clusters,
    BackupTools tools,
    DrillRunner drills,
    ChangeFeed feed,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping) : IDisposable
{
    /// <summary>Backups go by age also while none is taken, and someone may take one by hand.</summary>
    private static readonly TimeSpan InfoAge = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StanzaRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _retired = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly ArchiverWatch _archiver = new(id, tools.Clusters, tools.BackRest, time);
    private readonly RestorableEnd _end = new(id, tools, time);
    private readonly FrozenArchive _frozen = new(tools.Clusters, time);
    private readonly List<BackupRequest> _requests = [];
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private RepositoryInfo? _info;
    private readonly Alarm _infoNext = new(time);
    private readonly Alarm _stanzaNext = new(time);
    private DateTimeOffset? _begunAt;
    private long? _size;
    private string? _lastEnded;
    private StatusReason? _lastFailure;
    private StatusReason? _stanzaFailure;
    private bool _asked;
    private bool _expiryDue;
    private string? _drill;
    private DrillResult? _lastDrill;
    private Task _work = Task.CompletedTask;
    private Task _drilling = Task.CompletedTask;

    /// <summary>Complete once the repository was asked, or could not be.</summary>
    public Task Known => _known.Task;

    public void Ask(BackupRequest request)
    {
        lock (_lock)
        {
            if (_requests.Any(waiting => waiting.Id == request.Id)) return;
            _requests.Add(request);
            _asked = true;
            Begin();
        }

        feed.Changed(id);
    }

    public void Drill(string drill)
    {
        lock (_lock)
        {
            if (_drill == drill || (_drill is null && _lastDrill?.Id == drill) || !_drilling.IsCompleted) return;
            _drill = drill;
            _drilling = Task.Run(() => DrillAsync(drill), CancellationToken.None);
        }

        feed.Changed(id);
    }

    /// <summary>Throws a <see cref="BackendUnavailableException"/> when nobody has been able to look at them yet.</summary>
    public IReadOnlyList<Backup> List()
    {
        lock (_lock)
        {
            if (Unknown is { } unknown) throw new BackendUnavailableException($"It is not known which backups there are. {unknown.Message}", null);
            var kept = _info!.Sets.Reverse().Select(set => set.ToBackup());
            return _requests.Count > 0 && _begunAt is { } begun
                ? [new Backup { Id = _requests[0].Id, Type = _requests[0].Type, Status = BackupStatus.Running, StartedAt = begun }, .. kept]
                : [.. kept];
        }
    }

    /// <summary>What is seen of the cluster, with what is seen of its backups.</summary>
    public ClusterObservation Complete(ClusterObservation seen)
    {
        lock (_lock)
        {
            var record = clusters(id).Record;
            var archives = seen.Phase == ClusterPhase.Ready && record is { Spec.Backups: not null };
            var archiving = archives ? ArchivingFailure : _frozen.Behind(record, seen.Phase);
            var sets = _info?.Sets ?? [];
            var restorable = tools.Restorable(id, sets);
            return seen with
            {
                Reason = archiving ?? seen.Reason ?? (seen.Phase == ClusterPhase.Ready ? BackupSet.WrongPages(sets) : null),
                Backups = new BackupObservation
                {
                    Running = _requests.Count > 0 ? _requests[0].Id : null,
                    LastEnded = _lastEnded,
                    LastEndedType = sets.LastOrDefault(set => set.Request == _lastEnded)?.Type,
                    LastSuccessfulAt = sets.Count > 0 ? sets[^1].FinishedAt : null,
                    LastFailure = _lastFailure,
                    ArchivingFailure = archiving,
                    EarliestRestoreAt = restorable.Count > 0 ? restorable[0].FinishedAt : null,
                    LatestRestoreAt = _end.Find(restorable, _info is not null, seen.Phase, archives && archiving is null),
                    SizeBytes = _size ?? 0,
                    ArchiveTimeout = tools.Settings.ArchiveTimeout,
                    RunningDrill = _drill,
                    LastDrill = _lastDrill,
                    Unknown = Unknown,
                },
            };
        }
    }

    /// <summary>A look at it every other second: files only, and what is due begun behind the caller.</summary>
    public void Check()
    {
        var (record, observation) = clusters(id);
        var archives = observation.Phase == ClusterPhase.Ready && record is { Spec.Backups: not null };
        if (archives)
        {
            _archiver.Look(record!, () => feed.Changed(id), _retired.Token);
            _end.Note();
        }

        lock (_lock)
        {
            if (_infoNext.IsDue || (archives && _info is not { Exists: true } && _stanzaNext.IsDue)) Begin();
        }
    }

    /// <summary>Ends its work. A backup that pgBackRest is taking goes on.</summary>
    public async Task RetireAsync()
    {
        await _retired.CancelAsync();
        Task[] ending;
        lock (_lock) ending = [_work, _drilling, _archiver.Trying];
        await Task.WhenAll(ending);
    }

    public void Dispose() => _retired.Dispose();

    private StatusReason? ArchivingFailure => _stanzaFailure ?? _archiver.Failure ?? (tools.Health.Failure is { } failure
        ? failure with { Code = "archiving-failing", Message = $"Changes cannot be archived. {failure.Message}" }
        : null);

    private StatusReason? Unknown => _info is not null ? null : new StatusReason(
        "repository-unavailable", _stanzaFailure?.Message ?? "The repository of the backups has not answered yet.", _stanzaFailure?.Since ?? _since);

    private void Begin()
    {
        if (_work.IsCompleted && !_retired.IsCancellationRequested) _work = Task.Run(WorkAsync, CancellationToken.None);
    }

    private async Task WorkAsync()
    {
        try
        {
            do
            {
                var seen = await LookAsync(_retired.Token);
                if (Next() is { } request) seen = await TakeAsync(request, _retired.Token);
                // pgBackRest is told how many are to stay of those that there are: by an older look it would be too few.
                if (seen) await ExpireAsync(_retired.Token);
            }
            while (HasMore());
        }
        catch (OperationCanceledException) when (_retired.IsCancellationRequested)
        {
            lock (_lock) _work = Task.CompletedTask;
        }
        catch (Exception failure)
        {
            // It is looked at again in a while.
            logger.BackupsBroke(failure, id);
            lock (_lock)
            {
                _work = Task.CompletedTask;
                _infoNext.Set(StanzaRetry);
                _stanzaNext.Set(StanzaRetry);
            }
        }
        finally
        {
            _known.TrySetResult();
        }
    }

    // The end of this task must not be mistaken for one that still looks for work.
    private bool HasMore()
    {
        lock (_lock)
        {
            if (_requests.Count > 0) return true;
            _work = Task.CompletedTask;
            return false;
        }
    }

    private BackupRequest? Next()
    {
        lock (_lock) return _requests.Count > 0 ? _requests[0] : null;
    }

    // False when it could not be seen what there is.
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var slot = await WorkSlot.TakeAsync(tools.LookSlots, cancellationToken);
            tools.Settings.CheckWritten(id);
            var info = await tools.BackRest.InfoAsync(id, cancellationToken);
            var (record, observation) = clusters(id);
            if (observation.Phase == ClusterPhase.Ready && record is { Spec.Backups: not null })
            {
                if (info.Exists)
                {
                    // Another server may have been killed before it could note that.
                    tools.MarkMade(id);
                }
                else
                {
                    await tools.CreateStanzaAsync(id, cancellationToken);
                    info = await tools.BackRest.InfoAsync(id, cancellationToken);
                }
            }

            // Listing every file there is takes long: only when a backup or an expiry has changed much.
            See(info, info.Exists ? _size ?? await tools.BackRest.SizeAsync(id, cancellationToken) : null, null);
            // Before it was asked for a backup nobody may have said yet, to this server, that they are to be kept.
            _expiryDue |= _asked && tools.Expiry.IsAwaited(id);
            return true;
        }
        catch (Exception failure) when (Failures.Describe(failure) is { } words)
        {
            See(null, null, new StatusReason("archiving-failing", words.Message, time.GetUtcNow()));
            return false;
        }
        finally
        {
            _known.TrySetResult();
        }
    }

    private void See(RepositoryInfo? info, long? size, StatusReason? failure)
    {
        lock (_lock)
        {
            _infoNext.Set(failure is null ? InfoAge : StanzaRetry);
            _stanzaNext.Set(StanzaRetry);
            _stanzaFailure = failure is not null && _stanzaFailure is { } before ? failure with { Since = before.Since } : failure;
            if (info is not null)
            {
                (_info, _size) = (info, size);
                // What ended while another server ran this.
                _lastEnded ??= info.Sets.Count > 0 ? info.Sets[^1].Id : null;
            }
        }

        feed.Changed(id);
    }

    private async Task<bool> TakeAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        StatusReason? failure = null;
        try
        {
            // Nobody else takes one of it; what waits for a killed server's must not keep the others waiting.
            await tools.BackRest.WaitForBackupAsync(id, cancellationToken);
            using var slot = await WorkSlot.TakeAsync(tools.BackupSlots, cancellationToken);
            tools.Settings.CheckPassphrase(id);
            var info = await tools.BackRest.InfoAsync(id, cancellationToken);
            if (info.Sets.All(set => set.Request != request.Id))
            {
                await BackUpAsync(request, cancellationToken);
                info = await tools.BackRest.InfoAsync(id, cancellationToken);
            }

            // One with wrong pages is one nevertheless, and taking it again would not make them right: the sets themselves tell of it.
            var taken = info.Sets.LastOrDefault(set => set.Request == request.Id)
                ?? throw new ClusterFailureException("backup-failed", "pgBackRest took the backup, and it is not in the repository.");
            var size = await tools.BackRest.SizeAsync(id, cancellationToken);
            // pgBackRest's times are whole seconds: from the end of this one on it can be restored to any moment.
            var rest = taken.FinishedAt - time.GetUtcNow();
            // A clock that was set back is not waited for.
            if (rest > TimeSpan.Zero) await Task.Delay(rest < LongestRest ? rest : LongestRest, time, cancellationToken);
            See(info, size, null);
            _expiryDue = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception unexpected)
        {
            failure = Failures.Describe(unexpected) is { } words
                ? Reason(words.Code, words.Message)
                : Reason("internal-error", "The backup met an error that the local backend has no words for; the server's log has it.");
            logger.BackupFailed(id, request.Id, failure.Code, failure.Message);
            if (failure.Code == "internal-error") logger.BackupsBroke(unexpected, id);
        }

        End(request, failure);
        return failure is null;
    }

    // After every backup; while something reads the ones there are, at a later look.
    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        if (!_expiryDue) return;
        try
        {
            // The look that comes with it may find that more is due.
            _expiryDue = false;
            var retention = clusters(id).Record?.Spec.Backups?.RetentionDays;
            if (!await tools.Expiry.TryRunAsync(id, _info?.Sets ?? [], retention, IsDrilled, LookAnewAsync, cancellationToken)) _expiryDue = true;
        }
        catch (Exception failure) when (Failures.Describe(failure) is { } words)
        {
            _expiryDue = true;
            logger.ExpiryFailed(id, words.Code, words.Message);
        }
    }

    private Task LookAnewAsync(CancellationToken cancellationToken)
    {
        lock (_lock) _size = null;
        return LookAsync(cancellationToken);
    }

    private bool IsDrilled()
    {
        lock (_lock) return _drill is not null;
    }

    private async Task BackUpAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        var (record, observation) = clusters(id);
        if (observation.Phase != ClusterPhase.Ready || record is not { Spec.Backups: not null })
            throw new ClusterFailureException("cluster-not-ready", "Only a cluster that runs and archives is backed up.");
        // pgBackRest would find out only after it has read everything and waited for a minute.
        if ((tools.Health.Failure ?? ArchivingFailure) is { } failing) throw new ClusterFailureException(failing.Code, failing.Message);
        lock (_lock) _begunAt = time.GetUtcNow();
        var begun = time.GetTimestamp();
        await tools.BackRest.BackUpAsync(id, request, cancellationToken);
        logger.BackupTaken(id, request.Id, time.GetElapsedTime(begun));
    }

    private void End(BackupRequest request, StatusReason? failure)
    {
        lock (_lock)
        {
            _requests.Remove(request);
            _begunAt = null;
            _lastEnded = request.Id;
            _lastFailure = failure;
        }

        feed.Changed(id);
    }

    private async Task DrillAsync(string drill)
    {
        DrillResult? result = null;
        try
        {
            await tools.Expiry.WaitAsync(id, _retired.Token);
            result = await drills.RunAsync(id, drill, _retired.Token);
        }
        catch (OperationCanceledException) when (_retired.IsCancellationRequested)
        {
            // The server stops, or the database goes.
        }

        lock (_lock) (_drill, _lastDrill, _drilling) = (null, result ?? _lastDrill, Task.CompletedTask);
        feed.Changed(id);
    }

    private StatusReason Reason(string code, string message) => new(code, message, time.GetUtcNow());
}
