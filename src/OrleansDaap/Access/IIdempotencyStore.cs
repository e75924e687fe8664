using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>The durable record of requests that carry an <c>Idempotency-Key</c>.</summary>
public interface IIdempotencyStore
{
    /// <summary>Reserves the request for the caller, or says what has become of it. Durable when it returns.</summary>
    /// <exception cref="StoreUnavailableException">It may not be.</exception>
    Task<IdempotencyClaim> ClaimAsync(IdempotencyKey key, CancellationToken cancellationToken);

    /// <summary>Keeps the answer for whoever repeats the request. Durable when it returns.</summary>
    /// <exception cref="ProblemException">request-in-progress: another has taken the request over since.</exception>
    Task AnswerAsync(IdempotencyKey key, long claim, StoredAnswer answer);

    /// <summary>Gives the request up without an answer, so that the next attempt need not wait; it makes the same resource.</summary>
    Task ReleaseAsync(IdempotencyKey key, long claim);
}
