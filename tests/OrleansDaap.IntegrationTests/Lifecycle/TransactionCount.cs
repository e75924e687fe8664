using System.Diagnostics.Metrics;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>Says when so many of the store's transactions have begun, so that a crash can come in the middle of any of them.</summary>
internal sealed class TransactionCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    public TransactionCount(int count)
    {
        _left = count;
        if (count == 0)
            _reached.SetResult();
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == "daap.store.batch.size")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            if (Interlocked.Decrement(ref _left) == 0)
                _reached.TrySetResult();
        });
        _listener.Start();
    }

    public Task Reached => _reached.Task;

    public void Dispose() => _listener.Dispose();
}
