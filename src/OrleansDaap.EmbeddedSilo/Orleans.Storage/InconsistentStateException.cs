namespace Orleans.Storage;

/// <summary>A write carried a stale ETag: somebody else wrote in between, and nothing was written now.</summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : base($"{errorMsg} Stored ETag: {storedEtag}, expected: {currentEtag}.")
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public string? StoredEtag { get; }

    public string? CurrentEtag { get; }

    /// <summary>Whether the grain that the exception leaves next is the one whose state is stale.</summary>
    internal bool IsSourceActivation { get; set; } = true;
}
