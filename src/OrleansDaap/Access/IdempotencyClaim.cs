namespace OrleansDaap.Access;

/// <summary>What has become of a request that carries an <c>Idempotency-Key</c>.</summary>
public abstract record IdempotencyClaim
{
    private IdempotencyClaim()
    {
    }

    /// <summary>It is the caller's to do.</summary>
    /// <param name="Claim">Proves that it still is when the answer is kept.</param>
    /// <param name="ResourceId">26 letters and digits for the resource that is made: the same at every attempt.</param>
    /// <param name="IsRetaken">An earlier attempt ended without an answer and may have done some of the work, or all.</param>
    public sealed record Mine(long Claim, string ResourceId, bool IsRetaken) : IdempotencyClaim;

    /// <summary>Another is doing it.</summary>
    public sealed record Running : IdempotencyClaim;

    /// <summary>It has been done.</summary>
    public sealed record Answered(StoredAnswer Answer) : IdempotencyClaim;

    /// <summary>The key belongs to a request with another body.</summary>
    public sealed record Reused : IdempotencyClaim;
}
