using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <content>Birth, death and timers.</content>
internal sealed partial class Activation
{
    [ThreadStatic]
    private static Activation? underConstruction;

    private DeactivationReason? _leaveReason;
    private List<GrainTimer>? _timers;
    private TaskCompletionSource? _gone;

    /// <summary>The activation whose grain is being constructed on this thread.</summary>
    public static Activation? UnderConstruction => underConstruction;

    /// <summary>Tells the grain to leave once what runs has ended.</summary>
    public void Deactivate(DeactivationReason reason)
    {
        var cancelTimers = false;
        lock (_gate)
        {
            if (_state is ActivationState.Created)
            {
                Die();
            }
            else if (_state is ActivationState.Activating or ActivationState.Active)
            {
                Leave(reason);
                cancelTimers = reason.ReasonCode == DeactivationReasonCode.ShuttingDown;
                LeaveIfDone();
            }
        }

        if (cancelTimers)
        {
            DisposeTimers();
        }
    }

    /// <summary>Deactivates the grain because its state turned out stale, even if the grain's code catches the exception.</summary>
    public void DeactivateStale(Exception exception) => Deactivate(StaleState(exception));

    /// <summary>Completes once the activation is dead.</summary>
    public Task WhenGone()
    {
        lock (_gate)
        {
            return _state == ActivationState.Dead
                ? Task.CompletedTask
                : (_gone ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Drops the activation as it is: nothing of it may write, call or start any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _waiting.TakeAll();
            Die();
        }

        DisposeTimers();
    }

    /// <exception cref="SiloUnavailableException">The activation is dead, and must not touch what belongs to its successor.</exception>
    public void ThrowIfDead()
    {
        if (IsDead)
        {
            throw new SiloUnavailableException($"This activation of {GrainId} is gone, and may neither write nor call.");
        }
    }

    public GrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new GrainTimer(this, callback, options);
        lock (_gate)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Dead)
            {
                timer.Dispose();
                throw new InvalidOperationException($"{GrainId} is being deactivated and can have no new timers.");
            }

            (_timers ??= []).Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers?.Remove(timer);
        }
    }

    private void StartActivating(GrainCall cause)
    {
        _state = ActivationState.Activating;
        StartLifecycle("OnActivateAsync", cause, ActivateAsync);
    }

    private void Leave(DeactivationReason reason) => _leaveReason ??= reason;

    private void LeaveIfDone()
    {
        if (IsLeaving && _state == ActivationState.Active && Running == 0)
        {
            _state = ActivationState.Deactivating;
            StartLifecycle("OnDeactivateAsync", null, DeactivateAsync);
        }
    }

    private void StartLifecycle(string name, GrainCall? cause, Func<Task> run)
    {
        // It counts among the frames of a chain, so that a grain that calls itself here is told of the deadlock.
        _scheduler.Enqueue(new LifecycleTurn(GrainId, name, cause, run) { Activation = this, IsRunning = true });
    }

    private async Task ActivateAsync()
    {
        using var limit = tenure.Limit(tenure.Collection.ActivationTimeout);
        try
        {
            var parts = Construct();
            foreach (var part in parts)
            {
                await part.LoadAsync().WaitAsync(limit.Token);
            }

            await Instance!.OnActivateAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.Token.IsCancellationRequested)
        {
            FailActivation(new TimeoutException($"{GrainId} was not active within {tenure.Collection.ActivationTimeout.TotalSeconds:0.###} s."));
            return;
        }
        catch (Exception exception)
        {
            FailActivation(exception);
            return;
        }

        lock (_gate)
        {
            if (_state == ActivationState.Activating)
            {
                _state = ActivationState.Active;
                _lastUsed = tenure.Time.GetTimestamp();
                Pump();
                LeaveIfDone();
            }
        }
    }

    private IReadOnlyList<IPersistentPart> Construct()
    {
        underConstruction = this;
        try
        {
            (Instance, var parts) = grainClass.Construct(this);
            return parts;
        }
        finally
        {
            underConstruction = null;
        }
    }

    private void FailActivation(Exception exception)
    {
        List<GrainCall> waiting;
        lock (_gate)
        {
            waiting = _waiting.TakeAll();
            Die();
        }

        tenure.Silo.Log.ActivationFailed(GrainId, exception);
        DisposeTimers();
        waiting.ForEach(call => call.Fail(exception));
    }

    private async Task DeactivateAsync()
    {
        var reason = _leaveReason!.Value;
        DisposeTimers();
        try
        {
            using var limit = tenure.Limit(tenure.Collection.DeactivationTimeout);
            await Instance!.OnDeactivateAsync(reason, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            tenure.Silo.Log.DeactivationFailed(GrainId, reason.ReasonCode, exception);
        }

        List<GrainCall> waiting;
        lock (_gate)
        {
            waiting = _waiting.TakeAll();
            var hasSuccessor = waiting.Exists(call => !call.IsLocal && !call.IsAbandoned);
            Die(hasSuccessor ? new Activation(tenure, grainClass, GrainId) : null);
        }

        foreach (var call in waiting)
        {
            if (call.IsLocal)
            {
                call.Fail(new SiloUnavailableException($"{GrainId} is gone."));
            }
            else if (!call.IsAbandoned)
            {
                tenure.Forward(call);
            }
        }
    }

    /// <summary>Leaves the directory to the successor, if there is one. The lock must be held, so that nobody sees the one without the other.</summary>
    private void Die(Activation? successor = null)
    {
        if (_state != ActivationState.Dead)
        {
            _state = ActivationState.Dead;
            tenure.Replace(this, successor);
            _gone?.TrySetResult();
        }
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_gate)
        {
            timers = _timers?.ToArray() ?? [];
            _timers = null;
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }
    }
}
