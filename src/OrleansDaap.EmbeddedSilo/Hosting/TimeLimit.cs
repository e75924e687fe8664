namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>A cancellation after a time, by the silo's clock, or when something else is cancelled.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    public TimeLimit(TimeProvider time, TimeSpan limit, CancellationToken other)
    {
        _time = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, other);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
