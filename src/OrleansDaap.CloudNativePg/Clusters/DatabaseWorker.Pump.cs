using OrleansDaap.CloudNativePg.Backups;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

internal sealed partial class DatabaseWorker
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private Task? _pump;
    private bool _isDirty;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when it works on nothing.</summary>
    public Task Work
    {
        get
        {
            lock (_lock) return Task.WhenAll(_pump ?? Task.CompletedTask, _drilling);
        }
    }

    private void Kick()
    {
        lock (_lock)
        {
            if (stopping.IsCancellationRequested) return;
            _isDirty = true;
            _wake.TrySetResult();
            _pump ??= Task.Run(PumpAsync, CancellationToken.None);
        }
    }

    private async Task PumpAsync()
    {
        var waits = 0;
        while (!stopping.IsCancellationRequested)
        {
            lock (_lock)
            {
                _isDirty = false;
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var isDone = await TryTurnAsync();
            Look();
            Task wake;
            lock (_lock)
            {
                // A wait that ends in a failure has to be told when that is so.
                isDone &= ClusterLook.Of(Sight()).WaitsFor is null || _failure is not null;
                if (isDone && !_isDirty)
                {
                    _pump = null;
                    return;
                }

                wake = _wake.Task;
            }

            waits = isDone ? 0 : waits + 1;
            var wait = FirstWait * Math.Pow(2, Math.Min(waits, 10));
            await Task.WhenAny(wake, Task.Delay(wait < LongestWait ? wait : LongestWait, tools.Time, stopping));
        }
    }

    /// <returns>Whether nothing is left to do until something changes.</returns>
    private async Task<bool> TryTurnAsync()
    {
        try
        {
            await tools.Slots.WaitAsync(stopping);
            try
            {
                var isDone = await TurnAsync();
                if (isDone) lock (_lock) _obstacle = null;
                return isDone;
            }
            finally
            {
                tools.Slots.Release();
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception failure) when (Failures.Describe(failure) is { } words)
        {
            tools.Logger.StepFailed(id, words.Message);
            lock (_lock)
            {
                // Nobody asked for it just now: it went away beneath us, which the watch is about to show.
                if (words.Code == ClusterSteps.DataMissing && !_applyWanted) Lose();
                else _failure = new StatusReason(words.Code, words.Message, tools.Time.GetUtcNow());
                _applyWanted = false;
            }

            return true;
        }
        catch (KubernetesException failure)
        {
            tools.Logger.StepFailed(id, failure.Message);
            lock (_lock) _obstacle = $"the Kubernetes API server: {failure.Message}";
            return false;
        }
        // Whatever it is: a pump that ended for good would leave the database alone.
        catch (Exception failure)
        {
            tools.Logger.StepBroke(id, failure);
            lock (_lock) _failure = new StatusReason("internal-error", "The backend made a mistake; its log tells which.", tools.Time.GetUtcNow());
            return true;
        }
    }

    private async Task<bool> TurnAsync()
    {
        var found = tools.Book.Of(id);
        ClusterSpec? spec;
        bool? removal;
        lock (_lock)
        {
            (spec, removal) = (_spec, _removalKeeps);
            _isPending = !_written.AreShown(found);
        }

        if (removal is { } keeps) return await RemoveAsync(found, keeps);
        return await TidyAsync(found) & await TurnAsync(spec, found);
    }

    private async Task<bool> TurnAsync(ClusterSpec? spec, DatabaseObjects found)
    {
        if (spec is null || IsLost(found)) return true;
        if (!await ApplyAsync(spec, found)) return false;
        found = tools.Book.Of(id);
        lock (_lock)
        {
            _isPending = !_written.AreShown(found);
            if (_isPending || found.Cluster is null || _failure is not null) return _failure is not null;
        }

        var isPublished = await PublishAsync(spec, found);
        return await AskAsync(spec, found) && isPublished && await MeasureAsync(found);
    }

    /// <summary>
    /// Another server removed the cluster, or somebody deleted it: that is told, and nothing is put back before it is asked for again.
    /// </summary>
    private bool IsLost(DatabaseObjects found)
    {
        lock (_lock)
        {
            // What was written may take a busy API server long to show.
            if (found.Cluster is not null || _isPending || _applyWanted || _failure is not null || !(_wasShown || _wasInitialized || _spec?.HasData == true)) return false;
            Lose();
            return true;
        }
    }

    private void Lose()
    {
        tools.Logger.ClusterLost(id);
        _spec = _applied = null;
        _wasShown = _wasInitialized = false;
    }

    private async Task<bool> ApplyAsync(ClusterSpec spec, DatabaseObjects found)
    {
        bool isWanted, makes;
        lock (_lock)
        {
            makes = _applyWanted;

            // What is there is compared once the watches show what was written.
            isWanted = _applyWanted || (_failure is null && !_isPending && HasDrifted(found));
            if (isWanted && !makes) tools.Logger.Drifted(id);
        }

        if (!isWanted) return true;
        if (found.Cluster?.DeletionRequestedAt is not null) return false;

        // Once it had data, it is never made anew, whoever says so.
        var known = _wasInitialized ? spec with { HasData = true } : spec;
        if (!await tools.Steps.ApplyAsync(known, found, makes, Written, stopping))
        {
            lock (_lock) _obstacle = "what its source committed to be archived";
            return false;
        }

        lock (_lock)
        {
            _applied = known;
            _obstacle = null;
            _applyWanted &= !ReferenceEquals(spec, _spec);
            return !_applyWanted;
        }
    }

    private bool HasDrifted(DatabaseObjects found)
    {
        if (_applied is null || found.Cluster is not { } cluster) return false;
        var notes = new ClusterNotes(_applied, ClusterNotes.RecoveryOf(cluster), ClusterNotes.CaOf(cluster));
        foreach (var manifest in WantedObjects.Of(notes, cluster.Namespace!, tools.Options))
        {
            var wanted = ObjectId.Of(manifest);
            if (!found.All.TryGetValue(wanted, out var live)) return true;
            if (Drift.IsIn(manifest, live.Json) && !_written.IsAltered(wanted, live)) return true;
        }

        return ClusterSteps.Leftovers(_applied, found).Any();
    }

    private async Task<bool> PublishAsync(ClusterSpec spec, DatabaseObjects found)
    {
        if (ClusterNotes.CaEnd(found.Cluster) is not { } end) return true;
        var isLost = ClusterLook.LacksCredentials(found.Cluster!);
        if (end == ClusterNotes.CaOf(found.Cluster) && !isLost) return true;
        if (isLost) tools.Logger.CredentialsLost(id);
        var applied = _applied ?? spec;
        return await tools.Steps.PublishAuthorityAsync(new ClusterNotes(applied, ClusterNotes.RecoveryOf(found.Cluster), end), found, Written, stopping);
    }

    private async Task<bool> AskAsync(ClusterSpec spec, DatabaseObjects found)
    {
        if (spec.Frozen || !ClusterLook.IsServing(found.Cluster!) || ClusterNotes.CaOf(tools.Book.Of(id).Cluster) is null) return true;
        if (_isBelieved)
        {
            var accepts = await tools.Readiness.AcceptsAsync(spec, found.Cluster!.Namespace!, stopping);
            lock (_lock) (_isBelieved, _isReady) = (false, _isReady && accepts);
            Look();
        }

        if (_isReady) return true;
        var isReady = await tools.Readiness.IsReadyAsync(spec, found.Cluster!.Namespace!, stopping);
        lock (_lock)
        {
            // What was wanted meanwhile has its own answer.
            if (ReferenceEquals(spec, _spec)) _isReady = isReady;
        }

        return isReady;
    }

    private async Task<bool> MeasureAsync(DatabaseObjects found)
    {
        if (!BackupSizes.IsDue(found)) return true;
        try
        {
            await tools.Sizes.MeasureAsync(found, stopping);
            lock (_lock) _unmeasured = null;
            return true;
        }
        catch (BucketException failure)
        {
            tools.Logger.NotMeasured(id, failure.Message);
            lock (_lock) _unmeasured ??= new StatusReason("object-store-unreachable", failure.Message, tools.Time.GetUtcNow());
            return false;
        }
    }

    private async Task<bool> RemoveAsync(DatabaseObjects found, bool keeps)
    {
        // A removal of what the watch has yet to show would take something for gone that comes.
        if (_isPending) return false;
        var isAsked = await tools.Removal.RemoveAsync(found, keeps, stopping);
        lock (_lock)
        {
            _obstacle = null;
            found = tools.Book.Of(id);
            if (_removalKeeps != keeps || !isAsked || !(keeps ? found.IsGone : found.IsEmpty)) return false;
            _removalKeeps = null;
            _spec = _applied = null;
            _wasShown = _wasInitialized = _isReady = false;
            _failure = null;
            _told = null;
            if (_next is not { } next) return true;
            (_spec, _next, _applyWanted, _progressSince) = (next, null, true, tools.Time.GetUtcNow());
            return false;
        }
    }

    private void Written(ObjectId what, System.Text.Json.Nodes.JsonObject manifest, KubernetesObject answer)
    {
        lock (_lock)
        {
            _written.Add(what, manifest, answer);
            _isPending = true;
        }
    }
}
