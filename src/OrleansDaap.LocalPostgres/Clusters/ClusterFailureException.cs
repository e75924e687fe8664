namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>A cluster cannot be brought to its spec, for a reason that a person can act on.</summary>
/// <param name="code">A stable code, as in <see cref="Common.StatusReason.Code"/>.</param>
internal sealed class ClusterFailureException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}
