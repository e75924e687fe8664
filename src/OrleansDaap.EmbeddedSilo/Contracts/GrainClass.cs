using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using OrleansDaap.EmbeddedSilo.Activations;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>A grain class: its name in grain ids, and how its grains are constructed.</summary>
internal sealed class GrainClass(Type type)
{
    private ObjectFactory? _factory;

    public Type Type { get; } = type;

    /// <summary>As Orleans names it: the class name in lower case, without "Grain" at its end.</summary>
    public GrainType GrainType { get; } = GrainType.Create(
#pragma warning disable CA1308 // Orleans' names are in lower case.
        (type.Name.EndsWith("Grain", StringComparison.Ordinal) && type.Name.Length > "Grain".Length ? type.Name[..^"Grain".Length] : type.Name)
        .ToLowerInvariant());
#pragma warning restore CA1308

    public bool IsReentrant { get; } = type.IsDefined(typeof(ReentrantAttribute), inherit: true);

    public bool IsRemindable { get; } = type.IsAssignableTo(typeof(IRemindable));

    /// <summary>The constructor's parameters that are persisted state.</summary>
    public IReadOnlyList<PersistentParameter> States { get; } =
        [.. type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(PersistentParameter.Of).OfType<PersistentParameter>()];

    public IEnumerable<Type> Interfaces => Type.GetInterfaces().Where(IsGrainInterface);

    public static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IGrainBase)) && type.GetInterfaces().Any(IsGrainInterface);

    /// <summary>Whether the type is an interface that grains are called by; the bases that Orleans itself declares are not.</summary>
    public static bool IsGrainInterface(Type type) =>
        type.IsInterface && type.IsAssignableTo(typeof(IGrain)) && type.Assembly != typeof(IGrain).Assembly;

    public (IGrainBase Grain, IReadOnlyList<IPersistentPart> Parts) Construct(Activation activation)
    {
        _factory ??= ActivatorUtilities.CreateFactory(Type, [.. States.Select(state => state.ParameterType)]);
        if (States.Count == 0)
        {
            return ((IGrainBase)_factory(activation.ActivationServices, []), []);
        }

        var parts = new object[States.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = States[i].Create(activation);
        }

        return ((IGrainBase)_factory(activation.ActivationServices, parts), Array.ConvertAll(parts, part => (IPersistentPart)part));
    }
}
