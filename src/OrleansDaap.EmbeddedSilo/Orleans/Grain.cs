using OrleansDaap.EmbeddedSilo.Activations;

namespace Orleans;

/// <summary>The base of all grains.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Binds the grain to the activation it is constructed for, so that its identity is there in its constructor already.</summary>
    protected Grain()
    {
        // A grain that a test constructs has none.
        GrainContext = Activation.UnderConstruction!;
        GrainFactory = Activation.UnderConstruction?.Tenure.Silo.GrainFactory!;
    }

    public IGrainContext GrainContext { get; }

    protected IGrainFactory GrainFactory { get; }

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Deactivates the grain once the running calls have ended.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);
}
