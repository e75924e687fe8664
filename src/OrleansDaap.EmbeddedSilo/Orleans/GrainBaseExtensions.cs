using OrleansDaap.EmbeddedSilo.Activations;

namespace Orleans;

/// <summary>What a grain may ask of its silo.</summary>
public static class GrainBaseExtensions
{
    /// <summary>Deactivates the grain once the running calls have ended.</summary>
    public static void DeactivateOnIdle(this IGrainBase grain) =>
        Of(grain).Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The grain asked for it."));

    /// <summary>Runs <paramref name="callback"/> as turns of the grain, never two at once.</summary>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Of(grain).AddTimer(cancellationToken => callback(state, cancellationToken), options);
    }

    /// <summary>Runs <paramref name="callback"/> as turns of the grain, never two at once.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) =>
        Of(grain).AddTimer(callback, options);

    internal static Activation Of(IGrainBase grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain.GrainContext as Activation ?? throw new InvalidOperationException("The grain was not activated by a silo.");
    }
}
