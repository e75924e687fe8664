using System.Collections.Frozen;
using System.Reflection;
using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>A grain interface and the class behind it.</summary>
internal sealed class GrainInterface(Type type, GrainClass grainClass)
{
    private FrozenDictionary<MethodInfo, GrainMethod>? _methods;

    public Type Type { get; } = type;

    public GrainClass Class { get; } = grainClass;

    /// <summary>Its own methods and inherited ones.</summary>
    public FrozenDictionary<MethodInfo, GrainMethod> Methods =>
        _methods ??= MethodsOf(Type).ToFrozenDictionary(method => method, GrainMethod.Create);

    public static IEnumerable<MethodInfo> MethodsOf(Type grainInterface) =>
        grainInterface.GetInterfaces().Prepend(grainInterface).SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance));
}
