using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <summary>A due tick of a grain timer.</summary>
internal sealed class TimerTick(GrainTimer timer, GrainId target, Interleaving interleaving)
    : GrainCall<NoResult>(target, "a timer's tick", interleaving, null)
{
    private Activation? _activation;

    public override bool KeepsAlive => timer.KeepsAlive;

    public override bool IsLocal => true;

    protected override async Task<NoResult> InvokeAsync(object grain)
    {
        _activation = Activation;
        await timer.TickAsync();
        return default;
    }

    protected override void OnEnded()
    {
        if (Response.Exception?.InnerException is { } exception && _activation is { } activation)
        {
            activation.Tenure.Silo.Log.TimerFailed(Target, exception);
        }

        timer.Ticked();
    }
}
