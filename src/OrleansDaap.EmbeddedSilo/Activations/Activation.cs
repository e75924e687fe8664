using Orleans.Storage;
using OrleansDaap.EmbeddedSilo.Calls;
using OrleansDaap.EmbeddedSilo.Contracts;
using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>
/// A grain in memory. This part decides what runs when; what happens at its birth and death is in the Lifecycle part. Everything here is
/// guarded by one lock, held for a few instructions only and never while grain code runs.
/// </summary>
internal sealed partial class Activation(Tenure tenure, GrainClass grainClass, GrainId grainId) : IGrainContext
{
    private readonly Lock _gate = new();
    private readonly TurnScheduler _scheduler = new();
    private CallQueue _waiting;
    private int _exclusive;
    private int _readOnly;
    private int _always;
    private long _lastUsed;
    private volatile ActivationState _state;

    public GrainId GrainId { get; } = grainId;

    public IServiceProvider ActivationServices => tenure.Silo.Services;

    public Tenure Tenure => tenure;

    public GrainClass Class => grainClass;

    /// <summary>The grain, once it is constructed.</summary>
    public IGrainBase? Instance { get; private set; }

    public bool IsDead => _state == ActivationState.Dead;

    private int Running => _exclusive + _readOnly + _always;

    private bool IsLeaving => _leaveReason is not null;

    /// <summary>Takes a call: starts it, or lets it wait. False when the activation is dead, and the call belongs to another one.</summary>
    public bool TryTake(GrainCall call)
    {
        string? cycle = null;
        lock (_gate)
        {
            if (_state == ActivationState.Dead)
            {
                return false;
            }

            call.Activation = this;
            if (MayStart(call))
            {
                Start(call);
            }
            else if ((cycle = CallCycle.Find(call, this)) is null)
            {
                _waiting.Enqueue(call);
                if (_state == ActivationState.Created)
                {
                    StartActivating(call);
                }
            }
        }

        if (cycle is not null)
        {
            call.Fail(new OrleansException(
                $"Deadlock: {cycle}. {call.Target} is busy with a call that waits, in the end, for this call of {call.Method}."));
        }

        return true;
    }

    /// <summary>Whether a call may run beside those that run. The lock must be held.</summary>
    public bool MayStart(GrainCall call) =>
        _state == ActivationState.Active
        && (grainClass.IsReentrant || call.Interleaving == Interleaving.Always
            || (_exclusive == 0 && (_readOnly == 0 || call.Interleaving == Interleaving.ReadOnly)))
        && (!IsLeaving || WaitedForByRunningCall(call));

    /// <summary>A call that ran, or was to, runs no more: others may.</summary>
    public void Release(GrainCall call, Exception? exception)
    {
        // Only the first grain that the exception leaves has a stale state; a caller it passes through has not.
        var isStale = exception is InconsistentStateException { IsSourceActivation: true };
        if (isStale)
        {
            ((InconsistentStateException)exception!).IsSourceActivation = false;
        }

        lock (_gate)
        {
            if (!call.IsRunning)
            {
                return;
            }

            call.IsRunning = false;
            Count(call.Interleaving, -1);
            _lastUsed = call.KeepsAlive ? tenure.Time.GetTimestamp() : _lastUsed;
            if (isStale)
            {
                Leave(StaleState(exception));
            }

            if (_state == ActivationState.Active)
            {
                if (!_waiting.IsEmpty)
                {
                    Pump();
                }

                LeaveIfDone();
            }
        }
    }

    /// <summary>Deactivates the grain if nobody used it since <paramref name="timestamp"/>.</summary>
    public void LeaveIfIdleSince(long timestamp)
    {
        lock (_gate)
        {
            if (_state == ActivationState.Active && Running == 0 && _lastUsed <= timestamp)
            {
                Leave(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody used the grain for a while."));
                LeaveIfDone();
            }
        }
    }

    private static DeactivationReason StaleState(Exception? exception) =>
        new(DeactivationReasonCode.ApplicationError, exception, "The stored state had changed under the grain.");

    private void Start(GrainCall call)
    {
        call.IsRunning = true;
        Count(call.Interleaving, 1);
        _scheduler.Enqueue(call);
    }

    private void Pump()
    {
        while (_waiting.TakeNext(this) is { } call)
        {
            if (!call.IsAbandoned)
            {
                Start(call);
            }
        }
    }

    private void Count(Interleaving interleaving, int change)
    {
        _exclusive += interleaving == Interleaving.Exclusive ? change : 0;
        _readOnly += interleaving == Interleaving.ReadOnly ? change : 0;
        _always += interleaving == Interleaving.Always ? change : 0;
    }

    /// <summary>A leaving grain still takes what its own running calls wait for, or they would never end.</summary>
    private bool WaitedForByRunningCall(GrainCall call)
    {
        for (var frame = call.Caller; frame is not null; frame = frame.Caller)
        {
            if (ReferenceEquals(frame.Activation, this) && frame.IsRunning)
            {
                return true;
            }
        }

        return false;
    }
}
