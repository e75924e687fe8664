using System.Collections.Concurrent;
using Orleans.Configuration;
using OrleansDaap.EmbeddedSilo.Activations;
using OrleansDaap.EmbeddedSilo.Calls;
using OrleansDaap.EmbeddedSilo.Reminders;

namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>
/// One stretch of being the active node, from taking over to stopping or losing the lease. Everything that must not outlive it hangs here:
/// activations, pending calls, reminders.
/// </summary>
internal sealed class Tenure : IDisposable
{
    // A call that misses this many leaving activations in a row is caught by a grain that cannot stay.
    private const int MaxForwards = 10;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly ILeaseHandle? _lease;
    private readonly PendingCalls _pending;
    private readonly ITimer _collector;
    private volatile TenurePhase _phase = TenurePhase.Open;

    public Tenure(Silo silo, ILeaseHandle? lease, TimeProvider time, GrainCollectionOptions collection, SiloMessagingOptions messaging)
    {
        (Silo, _lease, Time, Collection) = (silo, lease, time, collection);
        _pending = new PendingCalls(time, messaging.ResponseTimeout);
        _collector = time.CreateTimer(
            static state => ((Tenure)state!).CollectIdle(), this, collection.CollectionQuantum, collection.CollectionQuantum);
    }

    public Silo Silo { get; }

    public TimeProvider Time { get; }

    public GrainCollectionOptions Collection { get; }

    /// <summary>The grains' reminders; null when the host has no reminder table.</summary>
    public ReminderService? Reminders { get; set; }

    /// <summary>Whether calls from outside are taken.</summary>
    public bool IsOpen => _phase == TenurePhase.Open;

    public int ActivationCount => _activations.Count;

    public int PendingCount => _pending.Count;

    public IReadOnlyDictionary<GrainType, int> CountActivations() =>
        _activations.CountBy(activation => activation.Key.Type).ToDictionary();

    public Activation? Find(GrainId grainId) => _activations.GetValueOrDefault(grainId);

    /// <summary>Sends a call to its grain, activating it if need be.</summary>
    public void Send(GrainCall call)
    {
        if (GrainCall.Current?.Activation is { } sender && !ReferenceEquals(sender.Tenure, this))
        {
            call.Fail(new SiloUnavailableException($"{sender.GrainId} was dropped when this node ceased to be the active one."));
        }
        else if (_phase == TenurePhase.Draining && GrainCall.Current is null)
        {
            call.Fail(new SiloUnavailableException("The silo is stopping."));
        }
        else if (_lease is { IsSure: false } && GrainCall.Current is null)
        {
            // What its grains remember may be old by now. What they would write is refused by the store.
            call.Fail(new SiloUnavailableException("This node is not sure any more that it is the active one."));
        }
        else if (_pending.Add(call, hasDeadline: true))
        {
            Deliver(call);
        }
    }

    /// <summary>Gives an activation work of its own, such as a tick, that nobody waits for.</summary>
    public void Post(GrainCall call, Activation activation)
    {
        if (_pending.Add(call, hasDeadline: false) && !activation.TryTake(call))
        {
            call.Fail(new SiloUnavailableException($"{call.Target} is gone."));
        }
    }

    /// <summary>Sends a call that missed a leaving activation to the next one.</summary>
    public void Forward(GrainCall call)
    {
        if (++call.Forwards > MaxForwards)
        {
            call.Fail(new OrleansException($"{call.Target} left {MaxForwards} times before it took the call of {call.Method}."));
        }
        else
        {
            Deliver(call);
        }
    }

    public void Replace(Activation activation, Activation? successor)
    {
        if (successor is null)
        {
            _activations.TryRemove(new(activation.GrainId, activation));
        }
        else
        {
            _activations.TryUpdate(activation.GrainId, successor, activation);
        }
    }

    /// <summary>A token that is cancelled after <paramref name="limit"/>, or when the tenure is lost.</summary>
    public TimeLimit Limit(TimeSpan limit) => new(Time, limit, _lost.Token);

    /// <summary>Ends the tenure in good order: running calls end, grains are deactivated.</summary>
    public async Task StopAsync()
    {
        _phase = TenurePhase.Draining;
        await _collector.DisposeAsync();
        Reminders?.Stop();
        await Within(DrainLimit, _pending.WhenEmpty());

        _phase = TenurePhase.Closing;
        List<Task> gone = [];
        foreach (var activation in _activations.Values)
        {
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping."));
            gone.Add(activation.WhenGone());
        }

        await Within(DrainLimit, Task.WhenAll(gone));
        Lose();
    }

    /// <summary>Ends the tenure at once: grains are dropped where they are, and can neither write nor call any more.</summary>
    public void Lose()
    {
        _phase = TenurePhase.Closed;
        _collector.Dispose();
        Reminders?.Stop();
        foreach (var activation in _activations.Values)
        {
            activation.Abandon();
        }

        _pending.Close(() => new SiloUnavailableException("This node is not the active one any more; whether the call was carried out is unknown."));
        _lost.Cancel();
    }

    public void Dispose()
    {
        _pending.Dispose();
        _collector.Dispose();
    }

    private void Deliver(GrainCall call)
    {
        while (true)
        {
            if (!_activations.TryGetValue(call.Target, out var activation))
            {
                if (_phase >= TenurePhase.Closing)
                {
                    call.Fail(new SiloUnavailableException("The silo is stopping."));
                    return;
                }

                activation = _activations.GetOrAdd(
                    call.Target, static (id, self) => new Activation(self, self.Silo.Catalog.Class(id.Type), id), this);
            }

            if (activation.TryTake(call))
            {
                break;
            }

            _activations.TryRemove(new(call.Target, activation));
        }

        // Whoever lost the tenure meanwhile may have missed an activation that was just being added.
        if (_phase == TenurePhase.Closed && _activations.TryGetValue(call.Target, out var late))
        {
            late.Abandon();
        }
    }

    private void CollectIdle()
    {
        var idleSince = Time.GetTimestamp() - (long)(Collection.CollectionAge.TotalSeconds * Time.TimestampFrequency);
        foreach (var (_, activation) in _activations)
        {
            activation.LeaveIfIdleSince(idleSince);
        }
    }

    private async Task Within(TimeSpan limit, Task task)
    {
        try
        {
            await task.WaitAsync(limit, Time, _lost.Token);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Silo.Log.StoppedUnfinished(limit);
        }
    }
}
