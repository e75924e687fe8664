using OrleansDaap.Common;
using OrleansDaap.Storage.Audit;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.States;

/// <summary>Replaces a grain's row of a known version.</summary>
internal sealed class StateUpdate(string name, string key, long version, string state, DateTimeOffset at, AuditEntry? entry)
    : StateWrite(name, key, version, entry)
{
    private static readonly WriteKind Statement = new WriteKind<StateUpdate>(
        WithEntries(
            """
            done AS (
                UPDATE grain_state SET state = wanted.state, modified_at = wanted.at, version = nextval('grain_state_version')
                FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS wanted (kind, key, version, state, at, position)
                WHERE grain_state.kind = wanted.kind AND grain_state.key = wanted.key AND grain_state.version = wanted.version
                RETURNING position, grain_state.version)
            """,
            parameters: 5),
        columns =>
        {
            columns.Text(write => write.Name).Text(write => write.Key).Bigint(write => write.Version)
                .Jsonb(write => write.State).Time(write => write.At);
            AuditRows.Bind(columns, write => write.Entry);
        });

    public string State => state;

    public DateTimeOffset At => at;

    public override WriteKind Kind => Statement;
}
