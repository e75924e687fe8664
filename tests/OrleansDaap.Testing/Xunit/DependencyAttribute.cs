using System.Reflection;
using Xunit.Abstractions;

namespace OrleansDaap.Testing.Xunit;

/// <summary>
/// On a test class: what its tests need of the machine. Where it is missing they are skipped on a laptop; where <c>CI</c> is set they
/// run, and fail.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class DependencyAttribute : Attribute
{
    /// <summary>Null when it is there.</summary>
    public abstract string? FindMissing();

    /// <summary>What a test's class depends on and is missing; null where <c>CI</c> is set.</summary>
    internal static string? FindMissing(ITestMethod testMethod) => Environment.GetEnvironmentVariable("CI") is { Length: > 0 }
        ? null
        : testMethod.TestClass.Class.ToRuntimeType().GetCustomAttributes<DependencyAttribute>(inherit: true)
            .Select(dependency => dependency.FindMissing()).FirstOrDefault(reason => reason is not null);
}
