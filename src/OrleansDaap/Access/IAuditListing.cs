using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>Reads the audit log.</summary>
public interface IAuditListing
{
    /// <summary>Newest first; stable while entries are added.</summary>
    /// <exception cref="ProblemException">validation-failed for a cursor that is none of ours.</exception>
    Task<Page<AuditEntry>> ListAsync(AuditFilter filter, PageRequest page, CancellationToken cancellationToken);
}
