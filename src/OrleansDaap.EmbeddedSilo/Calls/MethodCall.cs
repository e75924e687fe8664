namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>A call of a grain interface's method.</summary>
internal sealed class MethodCall<T>(GrainMethod<T> method, GrainId target, object?[]? arguments, GrainCall? caller)
    : GrainCall<T>(target, method.Name, method.Interleaving, caller)
{
    protected override Task<T> InvokeAsync(object grain) => method.InvokeAsync(grain, arguments);
}
