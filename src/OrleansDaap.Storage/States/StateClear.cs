using OrleansDaap.Common;
using OrleansDaap.Storage.Audit;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.States;

/// <summary>Removes a grain's row of a known version.</summary>
internal sealed class StateClear(string name, string key, long version, AuditEntry? entry = null) : StateWrite(name, key, version, entry)
{
    private static readonly WriteKind Statement = new WriteKind<StateClear>(
        WithEntries(
            """
            done AS (
                DELETE FROM grain_state USING unnest($1, $2, $3) WITH ORDINALITY AS wanted (kind, key, version, position)
                WHERE grain_state.kind = wanted.kind AND grain_state.key = wanted.key AND grain_state.version = wanted.version
                RETURNING position, grain_state.version)
            """,
            parameters: 3),
        columns =>
        {
            columns.Text(write => write.Name).Text(write => write.Key).Bigint(write => write.Version);
            AuditRows.Bind(columns, write => write.Entry);
        });

    public override WriteKind Kind => Statement;
}
