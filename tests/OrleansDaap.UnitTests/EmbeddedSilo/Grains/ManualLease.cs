using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

/// <summary>A lease that a test grants and takes away.</summary>
internal sealed class ManualLease : IActiveNodeLease
{
    private readonly Queue<TaskCompletionSource<Handle>> _waiting = new();
    private readonly Lock _gate = new();
    private long _token;
    private bool _isGranted;

    public int Disposed { get; private set; }

    public Handle? Held { get; private set; }

    public async Task<ILeaseHandle> AcquireAsync(CancellationToken cancellationToken)
    {
        var source = new TaskCompletionSource<Handle>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(source);
            GrantIfAsked();
        }

        return await source.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Gives the lease to whoever waits for it, or to the next that will.</summary>
    public void Grant()
    {
        lock (_gate)
        {
            _isGranted = true;
            GrantIfAsked();
        }
    }

    private void GrantIfAsked()
    {
        if (_isGranted && _waiting.TryDequeue(out var next))
        {
            _isGranted = false;
            Held = new Handle(this, ++_token);
            next.SetResult(Held);
        }
    }

    internal sealed class Handle(ManualLease lease, long token) : ILeaseHandle
    {
        private readonly CancellationTokenSource _lost = new();

        public long FencingToken => token;

        public CancellationToken Lost => _lost.Token;

        public bool IsSure { get; set; } = true;

        public void Lose() => _lost.Cancel();

        public ValueTask DisposeAsync()
        {
            lease.Disposed++;
            _lost.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
