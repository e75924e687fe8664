using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Audit;

/// <summary>Adds one entry; the same entry again is there already.</summary>
internal sealed class AuditAppend(AuditEntry entry) : Write
{
    private static readonly WriteKind Statement = new WriteKind<AuditAppend>(
        """
        WITH wanted AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY
                AS wanted (id, at, request_id, team, role, api_key_id, action, resource, outcome, status, remote_address, position)),
        written AS (
            INSERT INTO audit_log (id, at, request_id, team, role, api_key_id, action, resource, outcome, status, remote_address)
            SELECT id, at, request_id, team, role, api_key_id, action, resource, outcome, status, remote_address FROM wanted
            ON CONFLICT (id) DO NOTHING)
        SELECT position, 0::bigint FROM wanted
        """,
        columns => columns.Text(write => write.Entry.Id).Time(write => write.Entry.At).Text(write => write.Entry.RequestId)
            .Text(write => write.Entry.Team).Text(write => write.Entry.Role is { } role ? WireName.Of(role) : null)
            .Text(write => write.Entry.ApiKeyId).Text(write => write.Entry.Action).Text(write => write.Entry.Resource)
            .Text(write => write.Entry.Outcome).Integer(write => write.Entry.Status).Text(write => write.Entry.RemoteAddress));

    public AuditEntry Entry => entry;

    public override WriteKind Kind => Statement;

    public override string? Row => null;

    protected override Exception Refused() => new InvalidOperationException("An audit entry is always written.");
}
