namespace OrleansDaap.Testing.Kubernetes;

/// <param name="Code">HTTP's.</param>
/// <param name="Body">JSON.</param>
/// <param name="Warnings">For the <c>Warning</c> header.</param>
internal sealed record ApiAnswer(int Code, ReadOnlyMemory<byte> Body, IReadOnlyList<string> Warnings)
{
    public ApiAnswer(int code, ReadOnlyMemory<byte> body)
        : this(code, body, [])
    {
    }
}
