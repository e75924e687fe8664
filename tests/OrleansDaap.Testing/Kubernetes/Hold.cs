namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Requests wait here until it is disposed.</summary>
internal sealed class Hold : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the first request waits.</summary>
    public Task Reached => _reached.Task;

    public Task WaitAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }

    public void Dispose() => _released.TrySetResult();
}
