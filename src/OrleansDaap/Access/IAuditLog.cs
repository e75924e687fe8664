using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>The append-only record of who changed or tried to change what.</summary>
public interface IAuditLog
{
    /// <summary>Returns once the entry is durable.</summary>
    /// <exception cref="StoreUnavailableException">It may not be.</exception>
    Task AppendAsync(AuditEntry entry);
}
