using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace OrleansDaap.Testing.Xunit;

public sealed class DependentFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var missing = Environment.GetEnvironmentVariable("CI") is { Length: > 0 }
            ? null
            : testMethod.TestClass.Class.ToRuntimeType().GetCustomAttributes<DependencyAttribute>(inherit: true)
                .Select(dependency => dependency.FindMissing()).FirstOrDefault(reason => reason is not null);
        return missing is null
            ? base.CreateTestCase(discoveryOptions, testMethod, factAttribute)
            : new SkippedTestCase(missing, DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), testMethod);
    }
}
