using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of all grains.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    public IGrainContext GrainContext { get; } = null!;

    protected IGrainFactory GrainFactory { get; } = null!;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Deactivates the grain once the running call has ended.</summary>
    protected void DeactivateOnIdle() => _ = GrainContext;
}
