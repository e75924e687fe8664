namespace OrleansDaap.Testing.Provisioning;

/// <summary>What a backend promises or says that it cannot.</summary>
public sealed record BackendTraits
{
    /// <summary>False: an incremental backup is taken as a full one and told as that.</summary>
    public bool TakesIncrementalBackups { get; init; } = true;

    /// <summary>False: nobody knows whether a backup's pages are whole.</summary>
    public bool VerifiesChecksums { get; init; } = true;
}
