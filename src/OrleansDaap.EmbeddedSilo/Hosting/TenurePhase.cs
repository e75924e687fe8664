namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>How a tenure ends, step by step.</summary>
internal enum TenurePhase : byte
{
    /// <summary>It takes calls.</summary>
    Open,

    /// <summary>It takes calls of grains only, which running calls wait for.</summary>
    Draining,

    /// <summary>Grains are deactivated, and none is activated.</summary>
    Closing,

    /// <summary>It is over.</summary>
    Closed,
}
