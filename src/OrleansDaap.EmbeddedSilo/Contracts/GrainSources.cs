using System.Reflection;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>Where grain classes are looked for: in the types named here; if none are, in every assembly of the process that refers to this one.</summary>
internal sealed class GrainSources
{
    public IList<Type> Types { get; } = [];

    public IList<Assembly> Assemblies { get; } = [];

    public IReadOnlyCollection<Type> FindTypes()
    {
        HashSet<Type> types = [.. Types, .. Assemblies.SelectMany(assembly => assembly.GetTypes())];
        return types.Count > 0 ? types : [.. AssembliesWithGrains().SelectMany(assembly => assembly.GetTypes())];
    }

    private static IEnumerable<Assembly> AssembliesWithGrains()
    {
        var self = typeof(GrainSources).Assembly;
        var found = new HashSet<Assembly>();
        var toVisit = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            toVisit.Enqueue(entry);
        }

        while (toVisit.TryDequeue(out var assembly))
        {
            // An assembly may refer to one with grains without naming Orleans itself; only the platform's own surely do not.
            if (!assembly.IsDynamic && !IsOfThePlatform(assembly.GetName()) && found.Add(assembly))
            {
                foreach (var name in assembly.GetReferencedAssemblies().Where(name => !IsOfThePlatform(name)))
                {
                    toVisit.Enqueue(Assembly.Load(name));
                }
            }
        }

        return found.Where(assembly =>
            assembly == self || assembly.GetReferencedAssemblies().Any(name => name.FullName == self.GetName().FullName));
    }

    private static bool IsOfThePlatform(AssemblyName name) =>
        name.Name is "System" or "mscorlib" or "netstandard" or "WindowsBase"
        || name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name.StartsWith("Microsoft.", StringComparison.Ordinal);
}
