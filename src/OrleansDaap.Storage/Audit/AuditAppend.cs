using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Audit;

/// <summary>Adds one entry that goes with no other write; the same entry again is there already.</summary>
internal sealed class AuditAppend(AuditEntry entry) : Write
{
    private static readonly WriteKind Statement = new WriteKind<AuditAppend>(
        $"""
        WITH done AS (SELECT unnest($1) AS position), audited AS ({AuditRows.Insert("done", first: 2)})
        SELECT position, 0::bigint FROM done
        """,
        columns =>
        {
            columns.Each<AuditAppend>(write => [write]).Bigint(row => row.Position);
            AuditRows.Bind(columns, write => write.Entry);
        });

    public AuditEntry Entry => entry;

    public override WriteKind Kind => Statement;

    public override string? Row => null;

    protected override Exception Refused() => new InvalidOperationException("An audit entry is always written.");
}
