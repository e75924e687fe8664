namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>How soon a silent holder of the lease loses it.</summary>
internal sealed class LeaseOptions
{
    /// <summary>How often the holder shows that it is alive.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// PostgreSQL ends a holder's session that was silent for so long: a hung process, or a host that fell off the network. Six
    /// missed pings, and two seconds less than the five in which a standby has to take over. Null where the clock is moved by hand.
    /// </summary>
    public TimeSpan? Silence { get; init; } = TimeSpan.FromSeconds(3);
}
