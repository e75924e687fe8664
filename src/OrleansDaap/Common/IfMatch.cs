namespace OrleansDaap.Common;

/// <summary>
/// What a client read before it asks for a change: the change is made only while the resource is still at one of these versions. It is
/// judged inside the grain's turn, so that nothing can come between the look and the change.
/// </summary>
/// <param name="Versions">Empty: any version will do, as long as the resource is there.</param>
[GenerateSerializer, Immutable, Alias("daap.if-match")]
public sealed record IfMatch([property: Id(0)] IReadOnlyList<string> Versions)
{
    /// <exception cref="ProblemException">precondition-failed.</exception>
    public void Demand(string? current)
    {
        if (Versions.Count > 0 && !Versions.Contains(current, StringComparer.Ordinal))
        {
            throw new ProblemException(
                ProblemCode.PreconditionFailed, "The resource is no longer what If-Match says was read; read it again and decide anew.");
        }
    }
}
