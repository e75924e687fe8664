using Orleans.Runtime;

namespace Orleans;

/// <summary>Reads a grain's or a reference's identity.</summary>
public static class GrainExtensions
{
    public static string GetPrimaryKeyString(this IAddressable grain) => throw new InvalidOperationException("Being built.");

    public static GrainId GetGrainId(this IAddressable grain) => throw new InvalidOperationException("Being built.");
}
