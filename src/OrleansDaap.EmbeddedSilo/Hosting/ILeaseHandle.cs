namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>A held lease; disposing it gives it up.</summary>
internal interface ILeaseHandle : IAsyncDisposable
{
    /// <summary>Greater than that of every earlier holder; storage refuses writes with a smaller one.</summary>
    long FencingToken { get; }

    /// <summary>Cancelled as soon as the lease is lost, or may be. Its callbacks stop the grains, so they must not be put off.</summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// False once this node was silent for so long that another one may have taken over, though nobody has told it yet: a process that was
    /// frozen does not know it when it goes on.
    /// </summary>
    bool IsSure { get; }
}
