namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <inheritdoc/>
internal sealed class SiloStatus : ISiloStatus
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (SiloPhase Phase, long? FencingToken) _now;

    public SiloPhase Phase
    {
        get
        {
            lock (_gate)
            {
                return _now.Phase;
            }
        }
    }

    public long? FencingToken
    {
        get
        {
            lock (_gate)
            {
                return _now.FencingToken;
            }
        }
    }

    public void Set(SiloPhase phase, long? fencingToken = null)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _now = (phase, fencingToken);
        }

        changed.TrySetResult();
    }

    public async Task WaitForAsync(SiloPhase phase, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_now.Phase == phase)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
