using System.Reflection;
using System.Runtime.CompilerServices;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>
/// What travels or is persisted is built in, or carries [GenerateSerializer], an [Alias] unlike any other, and an [Id], unique in its type,
/// on each member that holds data.
/// </summary>
internal sealed class SerializationRules
{
    private readonly HashSet<Type> _visited = [];
    private readonly Dictionary<string, Type> _aliases = [];
    private readonly List<string> _violations = [];

    public IReadOnlyList<string> Violations => _violations;

    /// <param name="type">The type that travels.</param>
    /// <param name="user">Where it is used, for the message.</param>
    public void Visit(Type type, string user)
    {
        if (type.IsByRef || type.IsPointer)
        {
            _violations.Add($"{user}: {type.Name} cannot be sent to a grain.");
        }
        else if (type.IsArray)
        {
            Visit(type.GetElementType()!, user);
        }
        else if (!type.IsGenericParameter && !type.IsGenericTypeDefinition && !SerializableTypes.IsBuiltIn(type))
        {
            foreach (var argument in type.GenericTypeArguments)
            {
                Visit(argument, user);
            }

            if (!SerializableTypes.IsCollection(type) && _visited.Add(type))
            {
                VisitDeclared(type, user);
            }
        }
        else if (type.IsGenericTypeDefinition && _visited.Add(type))
        {
            VisitDeclared(type, user);
        }
    }

    private static bool HoldsData(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0
        && (property.SetMethod is not null
            || property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    private static IEnumerable<MemberInfo> DataMembers(Type type)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var property in type.GetProperties(Declared))
        {
            if (property.IsDefined(typeof(IdAttribute)) || (property.GetMethod is { IsPublic: true } && HoldsData(property)))
            {
                yield return property;
            }
        }

        foreach (var field in type.GetFields(Declared).Where(field => !field.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            if (field.IsDefined(typeof(IdAttribute)) || (field.IsPublic && !field.IsDefined(typeof(NonSerializedAttribute))))
            {
                yield return field;
            }
        }
    }

    private void VisitDeclared(Type type, string user)
    {
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            _violations.Add($"{Name(type)}: it lacks [GenerateSerializer], and is used by {user}.");
            return;
        }

        CheckAlias(type);
        CheckMembers(type);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && !IsExceptionOfThePlatform(parent))
        {
            Visit(parent, Name(type));
        }
    }

    private static bool IsExceptionOfThePlatform(Type type) =>
        type.IsAssignableTo(typeof(Exception)) && (type.Assembly == typeof(Exception).Assembly || type.Assembly == typeof(OrleansException).Assembly);

    private void CheckAlias(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (type.GetCustomAttribute<AliasAttribute>(inherit: false) is not { } alias)
        {
            _violations.Add($"{Name(type)}: it lacks [Alias].");
        }
        else if (!_aliases.TryAdd(alias.Alias, definition) && _aliases[alias.Alias] != definition)
        {
            _violations.Add($"{Name(type)}: its alias '{alias.Alias}' is also that of {Name(_aliases[alias.Alias])}.");
        }
    }

    private void CheckMembers(Type type)
    {
        Dictionary<uint, string> ids = [];
        foreach (var member in DataMembers(type))
        {
            if (member.GetCustomAttribute<IdAttribute>() is not { } id)
            {
                _violations.Add($"{Name(type)}.{member.Name}: it lacks [Id].");
            }
            else if (!ids.TryAdd(id.Id, member.Name))
            {
                _violations.Add($"{Name(type)}.{member.Name}: its id {id.Id} is also that of {ids[id.Id]}.");
            }

            Visit(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType, $"{Name(type)}.{member.Name}");
        }
    }

    private static string Name(Type type) => type.IsNested ? $"{type.DeclaringType!.Name}.{type.Name}" : type.Name;
}
