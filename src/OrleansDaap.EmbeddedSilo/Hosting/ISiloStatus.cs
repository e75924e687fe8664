namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>Tells whether this node is the active one.</summary>
internal interface ISiloStatus
{
    SiloPhase Phase { get; }

    /// <summary>The held lease's token; null when this node is not active, or needs no lease.</summary>
    long? FencingToken { get; }

    /// <summary>Completes when the node is in the given phase; at once if it is.</summary>
    Task WaitForAsync(SiloPhase phase, CancellationToken cancellationToken = default);
}
