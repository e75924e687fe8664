namespace OrleansDaap.Common;

/// <summary>What is changed on request, and whose change storage writes together with its audit entry.</summary>
public interface IAudited
{
    /// <summary>
    /// The entry of a change: in the one write that makes it, and in the answer to whoever asked for it, who knows by it that the entry is
    /// durable. Null in what is read, and in the answer to a request that changed nothing.
    /// </summary>
    AuditEntry? Audit { get; }
}
