namespace OrleansDaap.Testing.Xunit;

/// <summary>The tests of the class are about a server that is root.</summary>
public sealed class RequiresRootAttribute : DependencyAttribute
{
    public override bool IsOfMachine => true;

    public override string? FindMissing() => Environment.IsPrivilegedProcess ? null : "Only a server that is root runs its tools as another user.";
}
