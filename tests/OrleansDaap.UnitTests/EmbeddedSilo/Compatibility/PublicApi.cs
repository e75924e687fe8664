using System.Globalization;
using System.Reflection;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Compatibility;

/// <summary>A type's public and protected members, one line each, in a notation that does not depend on where the type is declared.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What kind of type it is and what it is called; members that it takes from its bases count as its own.</summary>
    public static string NameOf(Type type) => $"{KindOf(type)} {TypeName.Of(type)}";

    /// <summary>What may be relied on: what it derives from, where it may be put as an attribute, and its members.</summary>
    public static IEnumerable<string> LinesOf(Type type) =>
        BasesOf(type).Concat(UsageOf(type)).Concat(type.IsEnum ? ValuesOf(type) : MembersOf(type)).Distinct().Order(StringComparer.Ordinal);

    private static string KindOf(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : "class";

    private static IEnumerable<string> BasesOf(Type type)
    {
        for (var at = type.IsValueType ? null : type.BaseType; at is not null && at != typeof(object); at = at.BaseType)
            yield return $"is {TypeName.Of(at)}";
        foreach (var implemented in type.IsEnum ? [] : type.GetInterfaces().Where(one => one.IsVisible))
            yield return $"is {TypeName.Of(implemented)}";
    }

    private static IEnumerable<string> UsageOf(Type type) => type.GetCustomAttribute<AttributeUsageAttribute>(inherit: false) is { } usage
        ? [$"may stand on {usage.ValidOn}, {(usage.AllowMultiple ? "often" : "once")}, {(usage.Inherited ? "inherited" : "not inherited")}"]
        : [];

    private static IEnumerable<string> ValuesOf(Type type) => Enum.GetNames(type)
        .Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> MembersOf(Type type)
    {
        var at = type;
        do
        {
            foreach (var line in at.GetConstructors(Declared).Where(constructor => at == type && IsVisible(constructor)).Select(Constructor)
                .Concat(at.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible)).Select(Property))
                .Concat(at.GetMethods(Declared).Where(method => IsVisible(method) && IsCalledByName(method)).Select(Method)))
            {
                yield return line;
            }

            at = at.BaseType;
        }
        while (at?.Namespace?.StartsWith(nameof(Orleans), StringComparison.Ordinal) == true);
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsCalledByName(MethodInfo method) =>
        !method.IsSpecialName || method.Name is "op_Equality" or "op_Inequality";

    private static string Constructor(ConstructorInfo constructor) => $"{Access(constructor)}new({Parameters(constructor)})";

    private static string Property(PropertyInfo property)
    {
        var accessors = new[] { Accessor(property.GetMethod, "get"), Accessor(property.SetMethod, IsInit(property) ? "init" : "set") };
        var access = property.GetAccessors(nonPublic: true).First(IsVisible);
        return $"{Access(access)}{TypeName.Of(property.PropertyType)} {property.Name} {{ {string.Join(' ', accessors.Where(one => one is not null))} }}";
    }

    private static string? Accessor(MethodInfo? accessor, string name) => accessor is not null && IsVisible(accessor) ? $"{name};" : null;

    private static bool IsInit(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit") == true;

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeName.Of))}>" : "";
        var constraints = method.IsGenericMethodDefinition ? string.Concat(method.GetGenericArguments().Select(Constraint)) : "";
        return $"{Access(method)}{TypeName.Of(method.ReturnType)} {method.Name}{generic}({Parameters(method)}){constraints}";
    }

    private static string Constraint(Type parameter) => parameter.GetGenericParameterConstraints() is { Length: > 0 } constraints
        ? $" where {parameter.Name} : {string.Join(", ", constraints.Select(TypeName.Of))}"
        : "";

    private static string Access(MethodBase method) =>
        $"{(method.IsPublic ? "" : "protected ")}{(method.IsStatic ? "static " : "")}{(method is { IsVirtual: true, IsFinal: false } && !method.DeclaringType!.IsInterface ? "virtual " : "")}";

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute), inherit: false) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var value = parameter.HasDefaultValue ? $" = {Convert.ToString(parameter.DefaultValue, CultureInfo.InvariantCulture) ?? "default"}" : "";
        return $"{(parameter.IsOut ? "out " : "")}{TypeName.Of(parameter.ParameterType)} {parameter.Name}{(value == " = " ? " = default" : value)}";
    }
}
