namespace OrleansDaap.Testing.Kubernetes;

/// <summary>A request that came, whatever was answered.</summary>
/// <param name="Method">HTTP's.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Query">With its question mark; empty where there is none.</param>
/// <param name="Protocol">For instance <c>HTTP/2</c>.</param>
internal sealed record SeenRequest(string Method, string Path, string Query, string Protocol)
{
    public bool IsWatch => Query.Contains("watch=", StringComparison.Ordinal);
}
