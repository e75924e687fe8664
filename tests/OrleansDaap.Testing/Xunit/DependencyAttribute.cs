using System.Reflection;
using Xunit.Abstractions;

namespace OrleansDaap.Testing.Xunit;

/// <summary>
/// On a test class: what its tests need of the machine. Where it is missing they are skipped on a laptop; where <c>CI</c> is set they
/// run, and fail, unless it is what nobody can install there.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class DependencyAttribute : Attribute
{
    /// <summary>Whether it is what a machine lets tests do, and nothing that could be installed: where it is missing they are skipped in CI too.</summary>
    public virtual bool IsOfMachine => false;

    /// <summary>Null when it is there.</summary>
    public abstract string? FindMissing();

    /// <summary>What a test's class depends on, is missing, and is a reason to skip it.</summary>
    internal static string? FindMissing(ITestMethod testMethod)
    {
        var isCi = Environment.GetEnvironmentVariable("CI") is { Length: > 0 };
        return testMethod.TestClass.Class.ToRuntimeType().GetCustomAttributes<DependencyAttribute>(inherit: true)
            .Where(dependency => dependency.IsOfMachine || !isCi)
            .Select(dependency => dependency.FindMissing()).FirstOrDefault(reason => reason is not null);
    }
}
