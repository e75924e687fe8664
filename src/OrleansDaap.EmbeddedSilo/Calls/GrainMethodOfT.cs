using System.Reflection;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <inheritdoc/>
internal sealed class GrainMethod<T>(MethodInfo method) : GrainMethod(method)
{
    private readonly Type _returned = method.ReturnType;

    public override object Send(Hosting.Silo silo, GrainId target, object?[]? arguments)
    {
        var call = new MethodCall<T>(this, target, arguments, GrainCall.Current);
        silo.Send(call);
        return _returned == typeof(ValueTask) ? new ValueTask(call.Response)
            : _returned == typeof(ValueTask<T>) ? new ValueTask<T>(call.Response)
            : call.Response;
    }

    /// <summary>Calls the method on the grain itself.</summary>
    public Task<T> InvokeAsync(object grain, object?[]? arguments) =>
        Invoker.Invoke(grain, arguments.AsSpan()) switch
        {
            Task<T> task => task,
            Task task => Await(new ValueTask(task)),
            ValueTask<T> task => task.AsTask(),
            ValueTask task => Await(task),
            _ => throw new InvalidOperationException($"{grain.GetType().Name}.{Name} returned null where a task was promised."),
        };

    private static async Task<T> Await(ValueTask task)
    {
        await task;
        return default!;
    }
}
