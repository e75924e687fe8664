using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrleansDaap.Testing.Xunit;

public sealed class DependentTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        DependencyAttribute.FindMissing(testMethod) is { } missing
            ? [new SkippedTestCase(missing, DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), testMethod)]
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
