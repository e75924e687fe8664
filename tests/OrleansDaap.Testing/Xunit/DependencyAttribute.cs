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
}
