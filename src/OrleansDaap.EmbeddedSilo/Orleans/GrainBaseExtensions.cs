using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain may ask of its silo.</summary>
public static class GrainBaseExtensions
{
    /// <summary>Runs <paramref name="callback"/> as turns of the grain, never two at once.</summary>
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        throw new InvalidOperationException("Being built.");
}
