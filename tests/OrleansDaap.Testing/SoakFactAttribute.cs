using Xunit;

namespace OrleansDaap.Testing;

/// <summary>A test that has no short form worth its time.</summary>
public sealed class SoakFactAttribute : FactAttribute
{
    public SoakFactAttribute() => Skip = Soak.IsOn ? null : "It takes long, and runs in make soak.";
}
