using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrleansDaap.Testing.Xunit;

public sealed class DependentFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        DependencyAttribute.FindMissing(testMethod) is { } missing
            ? new SkippedTestCase(missing, DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), testMethod)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}
