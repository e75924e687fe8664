namespace OrleansDaap.Server.Api.PassingOn;

/// <summary>Which node makes changes and writes the audit log: on the embedded silo one of them, on Orleans each.</summary>
internal interface IActiveNode
{
    /// <summary>Whether this node does.</summary>
    bool IsHere { get; }

    /// <summary>Where it is; null when there is none just now.</summary>
    /// <exception cref="Common.StoreUnavailableException">The store does not say.</exception>
    Task<ActiveNodePlace?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Whether who shows this has read it where only our nodes read.</summary>
    bool IsOurSecret(string shown);
}
