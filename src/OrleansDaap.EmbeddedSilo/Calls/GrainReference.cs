using System.Reflection;
using OrleansDaap.EmbeddedSilo.Contracts;
using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.EmbeddedSilo.Calls;

/// <summary>A reference to a grain: what <see cref="IGrainFactory"/> hands out, behind the grain's interface.</summary>
#pragma warning disable CA1852 // The proxies that are made at run time extend it.
internal class GrainReference : DispatchProxy, IAddressable
#pragma warning restore CA1852
{
    private Silo _silo = null!;
    private GrainInterface _interface = null!;

    public GrainId GrainId { get; private set; }

    /// <summary>Makes the reference that others of its interface are copied from; a copy costs a tenth of a new proxy.</summary>
    public static GrainReference Prototype(Silo silo, GrainInterface grainInterface)
    {
        var reference = (GrainReference)Create(grainInterface.Type, typeof(GrainReference));
        reference._silo = silo;
        reference._interface = grainInterface;
        return reference;
    }

    public GrainReference To(GrainId grainId)
    {
        var copy = (GrainReference)MemberwiseClone();
        copy.GrainId = grainId;
        return copy;
    }

    public override bool Equals(object? obj) => obj is GrainReference other && other.GrainId == GrainId;

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => $"{_interface.Type.Name} {GrainId}";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _interface.Methods[targetMethod!].Send(_silo, GrainId, args);
}
