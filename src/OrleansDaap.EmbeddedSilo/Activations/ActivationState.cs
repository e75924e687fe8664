namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>The life of an activation, in order.</summary>
internal enum ActivationState : byte
{
    /// <summary>Nothing was asked of it yet.</summary>
    Created,

    /// <summary>It reads its state and runs <see cref="Grain.OnActivateAsync"/>; calls wait.</summary>
    Activating,

    /// <summary>It takes calls, unless it was told to leave and only finishes the running ones.</summary>
    Active,

    /// <summary>It runs <see cref="Grain.OnDeactivateAsync"/>; calls wait for the next activation.</summary>
    Deactivating,

    /// <summary>It is out of the directory.</summary>
    Dead,
}
