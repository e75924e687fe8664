namespace OrleansDaap.UnitTests.EmbeddedSilo.Compatibility;

/// <summary>Types as they are written, with their namespaces.</summary>
internal static class TypeName
{
    public static string Of(Type type)
    {
        if (type.IsByRef || type.IsPointer) return Of(type.GetElementType()!);
        if (type.IsArray) return $"{Of(type.GetElementType()!)}[]";
        if (type.IsGenericParameter) return type.Name;
        var name = type.IsNested ? $"{Of(type.DeclaringType!)}.{type.Name}" : type.Namespace is { } space ? $"{space}.{type.Name}" : type.Name;
        return type.IsGenericType ? $"{name[..name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }
}
