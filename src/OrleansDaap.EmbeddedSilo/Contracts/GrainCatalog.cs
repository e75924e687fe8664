using System.Collections.Concurrent;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>The grain classes of this process, by grain type and by interface.</summary>
internal sealed class GrainCatalog
{
    private readonly Dictionary<GrainType, GrainClass> _byType = [];
    private readonly ConcurrentDictionary<Type, GrainInterface> _interfaces = new();

    public GrainCatalog(IReadOnlyCollection<Type> types)
    {
        Types = types;
        Classes = [.. types.Where(GrainClass.IsGrainClass).Select(type => new GrainClass(type))];
        foreach (var grainClass in Classes)
        {
            // A second class of the same name is one of the violations that are reported at the start.
            _byType.TryAdd(grainClass.GrainType, grainClass);
        }
    }

    /// <summary>Everything that was searched.</summary>
    public IReadOnlyCollection<Type> Types { get; }

    public IReadOnlyList<GrainClass> Classes { get; }

    public GrainClass Class(GrainType type) => _byType[type];

    public bool IsRemindable(GrainType type) => _byType.TryGetValue(type, out var grainClass) && grainClass.IsRemindable;

    /// <exception cref="ArgumentException">No class implements the interface, or several do.</exception>
    public GrainInterface Interface(Type type) => _interfaces.GetOrAdd(type, static (type, classes) =>
        classes.Where(grainClass => grainClass.Type.IsAssignableTo(type)).ToArray() switch
        {
            [var only] => new GrainInterface(type, only),
            [] => throw new ArgumentException($"No grain class implements {type.FullName}.", nameof(type)),
            var several => throw new ArgumentException(
                $"Several grain classes implement {type.FullName}: {string.Join(", ", several.Select(one => one.Type.FullName))}.", nameof(type)),
        }, Classes);
}
