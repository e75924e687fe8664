using Xunit;
using Xunit.Sdk;

namespace OrleansDaap.Testing;

/// <summary>A test that has no short form worth its time; skipped as well when something that its class depends on is missing.</summary>
[XunitTestCaseDiscoverer("OrleansDaap.Testing.Xunit.DependentFactDiscoverer", "OrleansDaap.Testing")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class SoakFactAttribute : FactAttribute
{
    public SoakFactAttribute() => Skip = Soak.IsOn ? null : "It takes long, and runs in make soak.";
}
