namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>What this node is at the moment.</summary>
internal enum SiloPhase
{
    Starting,

    /// <summary>Another node is the active one; this one waits to take over.</summary>
    Standby,

    /// <summary>Reminders are loaded, startup tasks have run, calls are taken.</summary>
    Active,

    Stopped,
}
