using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace OrleansDaap.UnitTests.Architecture;

/// <summary>
/// Which namespaces each namespace of a compiled assembly uses: in base types, members, attributes and method bodies. Read from
/// the metadata, so that a using without a use is no edge, and a fully qualified use without a using is one.
/// </summary>
internal static class TypeEdges
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xffff);

    /// <summary>The edges between different namespaces; a nested or compiler-made type counts as the type around it.</summary>
    public static IReadOnlySet<(string From, string To)> Read(string assemblyPath)
    {
        using var file = new PEReader(File.OpenRead(assemblyPath));
        var metadata = file.GetMetadataReader();
        var edges = new HashSet<(string, string)>();
        foreach (var handle in metadata.TypeDefinitions)
        {
            var used = new NamespaceCollector(metadata);
            Visit(file, metadata, metadata.GetTypeDefinition(handle), used);
            var from = used.NamespaceOf(handle);
            edges.UnionWith(used.Found.Where(to => to != from).Select(to => (from, to)));
        }

        return edges;
    }

    private static void Visit(PEReader file, MetadataReader metadata, TypeDefinition type, NamespaceCollector used)
    {
        used.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            used.Add(metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var attribute in type.GetCustomAttributes())
        {
            used.Add(metadata.GetCustomAttribute(attribute).Constructor);
        }

        foreach (var field in type.GetFields())
        {
            metadata.GetFieldDefinition(field).DecodeSignature(used, null);
        }

        foreach (var handle in type.GetMethods())
        {
            var method = metadata.GetMethodDefinition(handle);
            method.DecodeSignature(used, null);
            if (method.RelativeVirtualAddress != 0)
            {
                VisitBody(metadata, file.GetMethodBody(method.RelativeVirtualAddress), used);
            }
        }
    }

    private static void VisitBody(MetadataReader metadata, MethodBodyBlock body, NamespaceCollector used)
    {
        if (!body.LocalSignature.IsNil)
        {
            metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(used, null);
        }

        var il = body.GetILReader();
        while (il.RemainingBytes > 0)
        {
            int value = il.ReadByte();
            var code = OpCodesByValue[value == 0xfe ? (value << 8) | il.ReadByte() : value];
            switch (code.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    used.Add(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                default:
                    il.Offset += OperandSize(code.OperandType);
                    break;
            }
        }
    }

    private static int OperandSize(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
