using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.Writes;

/// <summary>One write that waits to be committed with others.</summary>
internal abstract class Write
{
    // The committing loop must not run its callers' continuations.
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract WriteKind Kind { get; }

    /// <summary>The row that it touches. No transaction touches a row twice; null for a row that nobody else ever writes.</summary>
    public abstract string? Row { get; }

    /// <summary>Tried alone when <see cref="Kind"/> left the row as it was, to learn why; null when that says it already.</summary>
    public virtual WriteKind? KindWhenRefused => null;

    /// <summary>The fencing token it was asked for under, and when.</summary>
    public long? Stamp { get; set; }

    public long AskedAt { get; set; }

    /// <summary>The row's new version, once the transaction's statement has answered; null while or if it did not take effect.</summary>
    public long? NewVersion { get; set; }

    /// <summary>The row's new version, once it is durable.</summary>
    public Task<long> Done => _done.Task;

    /// <summary>The transaction is durable.</summary>
    public void Complete()
    {
        if (NewVersion is { } version)
            _done.TrySetResult(version);
        else
            _done.TrySetException(Refused());
    }

    public void Fail(Exception error) => _done.TrySetException(Explain(StoreErrors.OfWrite(error)));

    /// <summary>What the caller learns when the row was not as the write took it to be.</summary>
    protected abstract Exception Refused();

    /// <summary>What the caller learns of an error.</summary>
    protected virtual Exception Explain(Exception error) => error;
}
