using System.Diagnostics;
using OrleansDaap.EmbeddedSilo.Activations;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>
/// One request to a grain, on its way, waiting or running; also the frame of a call chain. Work that a grain does for itself
/// (timer ticks, activation) is a call too, so that one set of rules decides what runs when.
/// </summary>
internal abstract class GrainCall(GrainId target, string method, Interleaving interleaving, GrainCall? caller)
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Abandoned = 2;
    private static readonly AsyncLocal<GrainCall?> Ambient = new();
    private int _progress;

    /// <summary>The call whose turn the current code is part of; null outside grains.</summary>
    public static GrainCall? Current => Ambient.Value;

    public GrainId Target { get; } = target;

    public string Method { get; } = method;

    public Interleaving Interleaving { get; } = interleaving;

    /// <summary>Where in a trace it was made.</summary>
    public ActivityContext Origin { get; } = CallTrace.Here;

    /// <summary>
    /// The call that waits for this one. Cut once this one is answered: nobody waits any more, and a grain that keeps sending itself
    /// messages must not drag its whole past along.
    /// </summary>
    public GrainCall? Caller { get; private set; } = caller;

    /// <summary>The activation that took the call.</summary>
    public Activation? Activation { get; set; }

    /// <summary>Whether the call counts among the running ones of its activation, whose lock guards this.</summary>
    public bool IsRunning { get; set; }

    /// <summary>How often the call missed an activation that was leaving.</summary>
    public int Forwards { get; set; }

    /// <summary>Whether running it counts as use of the grain, which keeps the grain from being idle.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Whether the call belongs to one activation and dies with it.</summary>
    public virtual bool IsLocal => false;

    /// <summary>The next call waiting for the same activation.</summary>
    public GrainCall? NextWaiting { get; set; }

    /// <summary>The tenure's book of pending calls, and this call's place in it.</summary>
    public PendingCalls? Book { get; set; }

    public GrainCall? PreviousPending { get; set; }

    public GrainCall? NextPending { get; set; }

    /// <summary>The timestamp at which the caller stops waiting; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Whether the call was answered before it started, and so never will.</summary>
    public bool IsAbandoned => Volatile.Read(ref _progress) == Abandoned;

    /// <summary>Runs the call; on its activation's scheduler.</summary>
    public void Execute()
    {
        Ambient.Value = this;
        if (Interlocked.CompareExchange(ref _progress, Started, Waiting) == Waiting && !Activation!.IsDead)
        {
            _ = RunAsync(Activation);
        }
        else
        {
            Activation!.Release(this, null);
            Fail(new SiloUnavailableException($"{Target} is gone; {Method} was not carried out."));
        }
    }

    /// <summary>Answers the call with an exception, unless it is answered already. If it has not started, it never will.</summary>
    public void Fail(Exception exception)
    {
        var neverRuns = Interlocked.CompareExchange(ref _progress, Abandoned, Waiting) == Waiting;
        if (TryRespond(exception))
        {
            Answered();
        }

        if (neverRuns)
        {
            OnEnded();
        }
    }

    /// <summary>Runs the grain's code, gives the activation back, and answers; never throws.</summary>
    protected abstract Task RunAsync(Activation activation);

    protected abstract bool TryRespond(Exception exception);

    /// <summary>The call runs no more, or never will. Comes exactly once.</summary>
    protected virtual void OnEnded()
    {
    }

    protected void Answered()
    {
        Caller = null;
        Book?.Remove(this);
    }
}
