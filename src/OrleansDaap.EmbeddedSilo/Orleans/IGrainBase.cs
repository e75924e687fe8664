namespace Orleans;

/// <summary>What the silo needs of a grain.</summary>
public interface IGrainBase
{
    IGrainContext GrainContext { get; }

    Task OnActivateAsync(CancellationToken token);

    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token);
}
