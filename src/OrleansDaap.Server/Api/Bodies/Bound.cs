namespace OrleansDaap.Server.Api.Bodies;

/// <summary>A request as far as it could be read. Fields with mistakes are as if they had been left out.</summary>
internal sealed record Bound<T>(T Draft, Mistakes Mistakes)
{
    /// <summary>The request, once every rule has had its say.</summary>
    /// <exception cref="Common.ProblemException">validation-failed, with every mistake.</exception>
    public T Checked()
    {
        Mistakes.ThrowIfAny();
        return Draft;
    }
}
