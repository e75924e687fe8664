namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>Decides which of several nodes is the active one. Without one in the container, this node is, at once and always.</summary>
internal interface IActiveNodeLease
{
    /// <summary>Waits, as long as it takes, until this node is the active one.</summary>
    Task<ILeaseHandle> AcquireAsync(CancellationToken cancellationToken);
}
