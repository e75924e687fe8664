using OrleansDaap.EmbeddedSilo.Activations;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>A call with an answer. The caller's continuation never runs on the callee's turn.</summary>
internal abstract class GrainCall<T>(GrainId target, string method, Interleaving interleaving, GrainCall? caller)
    : GrainCall(target, method, interleaving, caller)
{
    private readonly TaskCompletionSource<T> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Response => _response.Task;

    protected abstract Task<T> InvokeAsync(object grain);

    protected sealed override async Task RunAsync(Activation activation)
    {
        using var turn = CallTrace.Begin(this);

        // The activation is given back before the answer leaves, so that a caller who saw an activation break reaches a new one.
        try
        {
            var result = await InvokeAsync(activation.Instance!);
            activation.Release(this, null);
            if (_response.TrySetResult(result))
            {
                Answered();
            }
        }
        catch (Exception exception)
        {
            CallTrace.Failed(turn, exception);
            activation.Release(this, exception);
            Fail(exception);
        }

        OnEnded();
    }

    protected sealed override bool TryRespond(Exception exception) => _response.TrySetException(exception);
}
