using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>
/// One cluster: what is wanted of it, what was last seen of it, and at most one attempt at a time to make the second the first.
/// What is wanted lives in memory only; after a crash of the server whoever wants it applies it again.
/// </summary>
internal sealed class ClusterWorker(
    DatabaseId id, ClusterSteps steps, ClusterLook look, ChangeFeed feed, SemaphoreSlim slots, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private ClusterObservation _observation = ClusterObservation.Absent;
    private ClusterRecord? _record;
    private ClusterSpec? _spec;
    private bool _destroy;
    private bool _keepBackups;
    private bool _pending;
    private bool _retired;
    private CancellationTokenSource? _attempt;
    private Task _work = Task.CompletedTask;
    private StatusReason? _lastReason;

    public DatabaseId Id => id;

    /// <summary>The attempts under way; complete when there are none.</summary>
    public Task Work
    {
        get
        {
            lock (_lock) return _work;
        }
    }

    /// <summary>What was last written of it and what was last seen; null and absent when there is none.</summary>
    public (ClusterRecord? Record, ClusterObservation Observation) Seen
    {
        get
        {
            lock (_lock) return (_record, _observation);
        }
    }

    public ClusterObservation Observation
    {
        get
        {
            lock (_lock) return _observation;
        }
    }

    /// <summary>Whether it is to be made of that database's backups, and is not yet. One that was frozen before that rests as it is.</summary>
    public bool IsMadeOf(DatabaseId source)
    {
        lock (_lock) return _spec is { Frozen: false, HasData: false, Recovery: { } recovery } && recovery.Database == source && _record is not { HasData: true };
    }

    /// <summary>Takes over what a server before this one left.</summary>
    public void Adopt(ClusterRecord? record, ClusterObservation observation)
    {
        lock (_lock)
        {
            _record = record;
            _spec = record?.Spec;
            _observation = observation;
            _lastReason = observation.Reason;
        }
    }

    /// <summary>False when this worker's cluster is gone and it takes no more work; a new worker must.</summary>
    public bool Apply(ClusterSpec spec)
    {
        lock (_lock)
        {
            if (_retired) return false;
            if (_spec is not null && spec.Generation < _spec.Generation) return true;
            var same = spec.WantsSameAs(_spec);
            // The same spec is being worked on already.
            if (same && _attempt is not null && !_destroy) return true;
            if (!same && !_destroy) Interrupt();
            _spec = spec;
            // A look at what is as it should be does not take it away from its users.
            var settled = same && (_observation.Phase == ClusterPhase.Ready || (spec.Frozen && _observation is { Phase: ClusterPhase.Stopped, Reason: null }));
            if (!settled) Progress(spec.Generation);
            Begin();
        }

        feed.Changed(id);
        return true;
    }

    /// <summary>False as in <see cref="Apply"/>.</summary>
    public bool Destroy(bool keepBackups)
    {
        lock (_lock)
        {
            if (_retired) return false;
            var already = _destroy && _attempt is not null && _keepBackups == keepBackups;
            if (!already) Interrupt();
            _destroy = true;
            _keepBackups = keepBackups;
            _spec = null;
            if (already) return true;
            Progress(_observation.Generation);
            Begin();
        }

        feed.Changed(id);
        return true;
    }

    /// <summary>Notices that a process has died. Files and pids only.</summary>
    public void Check()
    {
        ClusterObservation seen;
        ClusterRecord? record;
        lock (_lock)
        {
            seen = _observation;
            record = _record;
        }

        if (seen.Phase != ClusterPhase.Ready || record is null || look.Fallen(record) is not { } fallen) return;
        lock (_lock)
        {
            // Work that has begun since knows better.
            if (!ReferenceEquals(_observation, seen) || _attempt is not null) return;
            _observation = fallen;
        }

        logger.ClusterFell(id, fallen.Reason!.Code);
        feed.Changed(id);
    }

    /// <summary>Keeps its logs within their size, unless work is under way that may read them.</summary>
    public void PruneLogs()
    {
        if (Work.IsCompleted) look.PruneLogs(id);
    }

    /// <summary>Brings a cluster that serves to what is wanted of the same spec today; only a restart takes it away from its users.</summary>
    public async Task RefreshAsync(ClusterDrift drift)
    {
        ClusterObservation seen;
        ClusterRecord? record;
        lock (_lock) (seen, record) = (_observation, _record);
        if (seen.Phase != ClusterPhase.Ready || record is null || await drift.FindAsync(record, stopping) is not (> SettingsChange.None and var change)) return;
        lock (_lock)
        {
            // Work that has begun since does it all.
            if (!ReferenceEquals(_observation, seen) || _attempt is not null || _spec is not { } spec) return;
            logger.ClusterDrifted(id, change);
            if (change == SettingsChange.Restart) Progress(spec.Generation);
            Begin();
        }

        feed.Changed(id);
    }

    private void Progress(long generation) => _observation = new ClusterObservation
    {
        Phase = ClusterPhase.Progressing,
        Generation = generation,
        PostgresVersion = _observation.PostgresVersion,
    };

    // Not Cancel, which would run the attempt's next lines here and now, under the lock.
    private void Interrupt() => _ = _attempt?.CancelAsync();

    private void Begin()
    {
        _pending = true;
        if (_work.IsCompleted) _work = Task.Run(WorkAsync, CancellationToken.None);
    }

    private async Task WorkAsync()
    {
        while (Next() is { } job)
        {
            using (job.Attempt)
            {
                try
                {
                    using var slot = await WorkSlot.TakeAsync(slots, job.Attempt.Token);
                    await (job.Spec is null ? DestroyAsync(job, slot) : ApplyAsync(job, job.Spec, slot));
                }
                catch (OperationCanceledException) when (job.Attempt.IsCancellationRequested)
                {
                    // Something newer is wanted, or the server stops.
                    End(job, null, null);
                }
                catch (Exception failure)
                {
                    Fail(job, failure);
                }
            }
        }
    }

    // A destruction comes before whatever was applied after it.
    private Job? Next()
    {
        lock (_lock)
        {
            if (stopping.IsCancellationRequested || !_pending || (!_destroy && _spec is null))
            {
                // The next Begin must not mistake the end of this task for one that still looks for work.
                _work = Task.CompletedTask;
                return null;
            }

            _pending = false;
            _attempt = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            return new Job(_destroy ? null : _spec, _keepBackups, _attempt);
        }
    }

    private async Task ApplyAsync(Job job, ClusterSpec spec, WorkSlot slot)
    {
        var begun = time.GetTimestamp();
        var record = await steps.ApplyAsync(spec, slot, job.Attempt.Token);
        if (End(job, record, look.Look(record))) logger.ClusterReached(id, spec.Generation, time.GetElapsedTime(begun));
    }

    private async Task DestroyAsync(Job job, WorkSlot slot)
    {
        await steps.DestroyAsync(id, job.KeepBackups, slot, job.Attempt.Token);
        logger.ClusterDestroyed(id);
        lock (_lock)
        {
            // Its backups are not wanted any more since.
            if (job.KeepBackups != _keepBackups)
            {
                (_attempt, _pending) = (null, true);
                return;
            }

            _destroy = false;
            _attempt = null;
            _record = null;
            _lastReason = null;
            _retired = _spec is null;
            if (_retired) _observation = ClusterObservation.Absent;
            else _pending = true;
        }

        feed.Changed(id);
    }

    private void Fail(Job job, Exception failure)
    {
        var known = Failures.Describe(failure);
        var reason = known is { } words
            ? look.Reason(words.Code, words.Message)
            : look.Reason("internal-error", "The local backend met an error that it has no words for; the server's log has it.");
        var generation = job.Spec?.Generation ?? Observation.Generation;
        // Its backups may be all that is left of it.
        var phase = job.Spec is null && look.First(id).Phase == ClusterPhase.Absent ? ClusterPhase.Absent : ClusterPhase.Failed;
        if (!End(job, null, new ClusterObservation { Phase = phase, Generation = generation, Reason = reason })) return;
        if (known is null) logger.ClusterBroke(failure, id, generation);
        else logger.ClusterFailed(id, generation, reason.Code, reason.Message);
    }

    // False when what was seen is not about what is wanted now.
    private bool End(Job job, ClusterRecord? record, ClusterObservation? seen)
    {
        lock (_lock)
        {
            _attempt = null;
            _record = record ?? _record;
            var current = job.Spec is null ? _destroy : ReferenceEquals(job.Spec, _spec) && !_destroy;
            if (seen is null || !current) return false;
            // The same shortcoming keeps the time at which it was first seen.
            var reason = seen.Reason is { } next && _lastReason is { } last && last.Code == next.Code ? next with { Since = last.Since } : seen.Reason;
            _lastReason = reason;
            _observation = seen with { Reason = reason, PostgresVersion = seen.PostgresVersion ?? _observation.PostgresVersion };
        }

        feed.Changed(id);
        return true;
    }

    /// <param name="Spec">Null: destroy it.</param>
    private sealed record Job(ClusterSpec? Spec, bool KeepBackups, CancellationTokenSource Attempt);
}
