using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Net;
using System.Numerics;

namespace OrleansDaap.EmbeddedSilo.Contracts;

/// <summary>The types that Orleans serialises without being told how.</summary>
internal static class SerializableTypes
{
    private static readonly HashSet<Type> Simple =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly),
        typeof(TimeSpan), typeof(Uri), typeof(Version), typeof(Int128), typeof(UInt128), typeof(Half), typeof(BigInteger), typeof(IPAddress),
        typeof(CancellationToken), typeof(GrainId), typeof(GrainType), typeof(IdSpan), typeof(TickStatus), typeof(Exception),
    ];

    private static readonly HashSet<Type> Generic =
    [
        typeof(Nullable<>), typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(Queue<>), typeof(Stack<>), typeof(LinkedList<>),
        typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(SortedSet<>), typeof(KeyValuePair<,>),
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(IDictionary<,>), typeof(ISet<>),
        typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(IReadOnlyDictionary<,>), typeof(IReadOnlySet<>),
        typeof(ReadOnlyCollection<>), typeof(ReadOnlyDictionary<,>), typeof(Memory<>), typeof(ReadOnlyMemory<>), typeof(ArraySegment<>),
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>), typeof(ImmutableHashSet<>),
        typeof(ImmutableSortedSet<>), typeof(ImmutableDictionary<,>), typeof(ImmutableSortedDictionary<,>),
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>),
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
    ];

    /// <summary>Whether nothing of the type needs a closer look: simple values, enums, and references to grains.</summary>
    public static bool IsBuiltIn(Type type) =>
        type.IsPrimitive || type.IsEnum || Simple.Contains(type) || (type.IsInterface && type.IsAssignableTo(typeof(IAddressable)));

    /// <summary>Whether only the type's arguments need a closer look.</summary>
    public static bool IsCollection(Type type) => type.IsGenericType && Generic.Contains(type.GetGenericTypeDefinition());
}
