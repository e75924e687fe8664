using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansDaap.EmbeddedSilo.Calls;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>
/// Orleans' rules for grain interfaces and for what crosses them, checked when the silo starts. Its source generator and serializer hold code
/// to them there; here nothing is serialised, and code that breaks them would only be found out in production.
/// </summary>
internal static class ContractRules
{
    /// <exception cref="OrleansException">Rules are broken; the message has a line for each.</exception>
    public static void Check(GrainCatalog catalog, IServiceProvider services)
    {
        List<string> violations = [.. Classes(catalog, services), .. Interfaces(catalog)];
        var serialization = new SerializationRules();
        foreach (var (type, user) in Crossing(catalog))
        {
            serialization.Visit(type, user);
        }

        // Exceptions and derived types are in no signature, and still travel.
        foreach (var type in catalog.Types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)))
        {
            serialization.Visit(type, type.Name);
        }

        violations.AddRange(serialization.Violations);
        if (violations.Count > 0)
        {
            throw new OrleansException($"{violations.Count} of Orleans' rules are broken:\n{string.Join('\n', violations)}");
        }
    }

    private static IEnumerable<string> Classes(GrainCatalog catalog, IServiceProvider services)
    {
        foreach (var twins in catalog.Classes.GroupBy(grainClass => grainClass.GrainType).Where(group => group.Count() > 1))
        {
            yield return $"Grain type '{twins.Key}' is claimed by {string.Join(" and ", twins.Select(twin => twin.Type.FullName))}: rename one.";
        }

        foreach (var grainClass in catalog.Classes)
        {
            if (grainClass.Type.ContainsGenericParameters)
            {
                yield return $"{grainClass.Type.Name}: a grain class cannot be generic here.";
            }

            foreach (var state in grainClass.States.Where(state => services.GetKeyedService<IGrainStorage>(state.StorageName) is null))
            {
                yield return $"{grainClass.Type.Name}: there is no grain storage '{state.StorageName}' for its state '{state.StateName}'.";
            }
        }
    }

    private static IEnumerable<string> Interfaces(GrainCatalog catalog)
    {
        foreach (var type in GrainInterfaces(catalog))
        {
            if (!type.IsAssignableTo(typeof(IGrainWithStringKey)))
            {
                yield return $"{type.Name}: a grain interface extends IGrainWithStringKey.";
            }

            var classes = catalog.Classes.Where(grainClass => grainClass.Type.IsAssignableTo(type)).Select(grainClass => grainClass.Type.Name).ToArray();
            if (classes.Length > 1)
            {
                yield return $"{type.Name}: several grain classes implement it: {string.Join(", ", classes)}.";
            }

            foreach (var method in GrainInterface.MethodsOf(type))
            {
                if (GrainMethod.ResultOf(method.ReturnType) is null)
                {
                    yield return $"{type.Name}.{method.Name}: it returns {method.ReturnType.Name}; a grain's methods return Task, Task<T>, ValueTask or ValueTask<T>.";
                }

                if (method.IsGenericMethodDefinition)
                {
                    yield return $"{type.Name}.{method.Name}: a grain's methods cannot be generic here.";
                }
            }
        }
    }

    private static IEnumerable<(Type Type, string User)> Crossing(GrainCatalog catalog)
    {
        foreach (var type in GrainInterfaces(catalog))
        {
            foreach (var method in GrainInterface.MethodsOf(type).Where(method => !method.IsGenericMethodDefinition))
            {
                var user = $"{type.Name}.{method.Name}";
                if (GrainMethod.ResultOf(method.ReturnType) is { } result && result != typeof(void))
                {
                    yield return (result, user);
                }

                foreach (var parameter in method.GetParameters())
                {
                    yield return (parameter.ParameterType, $"{user}({parameter.Name})");
                }
            }
        }

        foreach (var grainClass in catalog.Classes)
        {
            foreach (var state in grainClass.States)
            {
                yield return (state.StateType, $"{grainClass.Type.Name}'s state '{state.StateName}'");
            }
        }
    }

    private static IEnumerable<Type> GrainInterfaces(GrainCatalog catalog) =>
        catalog.Classes.SelectMany(grainClass => grainClass.Interfaces).Concat(catalog.Types.Where(GrainClass.IsGrainInterface)).Distinct();
}
