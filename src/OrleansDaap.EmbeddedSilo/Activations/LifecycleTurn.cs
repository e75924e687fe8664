using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>The turn in which a grain is activated or deactivated. Activation belongs to the chain of the call that asked for it.</summary>
internal sealed class LifecycleTurn(GrainId target, string name, GrainCall? caller, Func<Task> run)
    : GrainCall(target, name, Interleaving.Exclusive, caller)
{
    public override bool IsLocal => true;

    protected override async Task RunAsync(Activation activation)
    {
        await run();
        IsRunning = false;
        Answered();
    }

    protected override bool TryRespond(Exception exception) => false;
}
