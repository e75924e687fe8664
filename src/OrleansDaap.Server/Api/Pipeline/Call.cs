using OrleansDaap.Access;
using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>What is known of one request on its way through.</summary>
internal sealed class Call
{
    public required string RequestId { get; init; }

    /// <summary>Null until authenticated, and where no key is needed.</summary>
    public Caller? Caller { get; set; }

    /// <summary>What an <c>Idempotency-Key</c> reserved for the request; null without one.</summary>
    public IdempotencyClaim.Mine? Attempt { get; set; }

    /// <summary>Whether the active node answers it and puts it into the audit log, or nobody could.</summary>
    public bool IsPassedOn { get; set; }

    /// <summary>The audit entry that the request has if it succeeds; null until a grain is asked for a change.</summary>
    public AuditEntry? Entry { get; set; }

    /// <summary>Whether the entry is in the audit log already, together with the change.</summary>
    public bool IsEntryStored { get; set; }

    /// <summary>The endpoint's answer, held until the request is in the audit log.</summary>
    public IResult? Answer { get; set; }
}
