namespace Orleans.Configuration;

/// <summary>How calls between grains behave.</summary>
public sealed class SiloMessagingOptions
{
    /// <summary>A call unanswered for so long fails with a <see cref="TimeoutException"/>; the grain goes on with it.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
