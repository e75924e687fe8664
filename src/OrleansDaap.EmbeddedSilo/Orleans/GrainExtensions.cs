using OrleansDaap.EmbeddedSilo.Calls;

namespace Orleans;

/// <summary>Reads a grain's or a reference's identity.</summary>
public static class GrainExtensions
{
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <exception cref="ArgumentException"><paramref name="grain"/> is neither a grain nor a reference to one.</exception>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        null => throw new ArgumentNullException(nameof(grain)),
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        _ => throw new ArgumentException($"{grain.GetType().FullName} is neither an active grain nor a reference to one.", nameof(grain)),
    };
}
