using System.Reflection;
using Orleans.Concurrency;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>One method of a grain interface: how it is called, and beside what it may run.</summary>
internal abstract class GrainMethod(MethodInfo method)
{
    public string Name { get; } = method.Name;

    public Interleaving Interleaving { get; } =
        method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? Interleaving.Always
        : method.IsDefined(typeof(ReadOnlyAttribute)) ? Interleaving.ReadOnly
        : Interleaving.Exclusive;

    protected MethodInvoker Invoker { get; } = MethodInvoker.Create(method);

    /// <summary>What a method's result type promises, without the task around it; null when the type is no task.</summary>
    public static Type? ResultOf(Type returned) =>
        returned == typeof(Task) || returned == typeof(ValueTask) ? typeof(void)
        : returned.IsGenericType && returned.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>))
            ? returned.GenericTypeArguments[0]
            : null;

    public static GrainMethod Create(MethodInfo method)
    {
        var result = ResultOf(method.ReturnType)!;
        var type = typeof(GrainMethod<>).MakeGenericType(result == typeof(void) ? typeof(NoResult) : result);
        return (GrainMethod)Activator.CreateInstance(type, method)!;
    }

    /// <summary>Sends the call; answers the task that the interface's method promises.</summary>
    public abstract object Send(Hosting.Silo silo, GrainId target, object?[]? arguments);
}
