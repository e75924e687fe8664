using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Audit;

/// <summary>Appends with whatever else is being written, so that an entry costs next to nothing.</summary>
internal sealed class NpgsqlAuditLog(WriteQueue queue) : IAuditLog
{
    public Task AppendAsync(AuditEntry entry) => queue.WriteAsync(new AuditAppend(entry));
}
