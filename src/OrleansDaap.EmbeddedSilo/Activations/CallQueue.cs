using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>The calls that wait for an activation, in order of arrival; linked through the calls, so an idle grain has no queue at all.</summary>
internal struct CallQueue
{
    private GrainCall? _first;
    private GrainCall? _last;
    private int _interleaving;

    public readonly bool IsEmpty => _first is null;

    public void Enqueue(GrainCall call)
    {
        call.NextWaiting = null;
        _ = _last is null ? _first = call : _last.NextWaiting = call;
        _last = call;
        _interleaving += call.Interleaving == Interleaving.Exclusive ? 0 : 1;
    }

    /// <summary>
    /// Takes out the first call that may start now. One that interleaves passes others that must wait: a chain of read-only calls that
    /// comes back to its grain would otherwise wait for a write that waits for the chain.
    /// </summary>
    public GrainCall? TakeNext(Activation activation)
    {
        GrainCall? previous = null;
        for (var call = _first; call is not null; previous = call, call = call.NextWaiting)
        {
            if (activation.MayStart(call) || call.IsAbandoned)
            {
                Remove(call, previous);
                return call;
            }

            if (_interleaving == 0)
            {
                return null;
            }
        }

        return null;
    }

    public List<GrainCall> TakeAll()
    {
        List<GrainCall> all = [];
        for (var call = _first; call is not null; call = call.NextWaiting)
        {
            all.Add(call);
        }

        this = default;
        return all;
    }

    private void Remove(GrainCall call, GrainCall? previous)
    {
        _ = previous is null ? _first = call.NextWaiting : previous.NextWaiting = call.NextWaiting;
        _last = call.NextWaiting is null ? previous : _last;
        _interleaving -= call.Interleaving == Interleaving.Exclusive ? 0 : 1;
        call.NextWaiting = null;
    }
}
