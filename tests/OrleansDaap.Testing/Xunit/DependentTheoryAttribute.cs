using Xunit;
using Xunit.Sdk;

namespace OrleansDaap.Testing.Xunit;

/// <summary>A theory that is skipped when something that its class <see cref="DependencyAttribute">depends</see> on is missing.</summary>
[XunitTestCaseDiscoverer("OrleansDaap.Testing.Xunit.DependentTheoryDiscoverer", "OrleansDaap.Testing")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class DependentTheoryAttribute : TheoryAttribute;
