using OrleansDaap.Common;
using OrleansDaap.Storage.Audit;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.States;

/// <summary>A grain's first write.</summary>
internal sealed class StateInsert(string name, string key, string state, DateTimeOffset at, AuditEntry? entry) : StateWrite(name, key, version: 0, entry)
{
    // Neither a row that is there already nor a taken name may fail the others: both only leave the row out.
    private static readonly WriteKind Together = new WriteKind<StateInsert>(Sql("ON CONFLICT DO NOTHING"), Bind);

    // Alone it fails, and the error says which of the two it was.
    private static readonly WriteKind Alone = new WriteKind<StateInsert>(Sql(""), Bind);

    public string State => state;

    public DateTimeOffset At => at;

    public override WriteKind Kind => Together;

    public override WriteKind? KindWhenRefused => Alone;

    private static string Sql(string onConflict) => WithEntries(
        $"""
        wanted AS (SELECT * FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS wanted (kind, key, state, at, position)),
        written AS (
            INSERT INTO grain_state (kind, key, state, created_at, modified_at) SELECT kind, key, state, at, at FROM wanted
            {onConflict} RETURNING kind, key, version),
        done AS (SELECT position, version FROM written JOIN wanted USING (kind, key))
        """,
        parameters: 4);

    private static void Bind(Columns<StateInsert> columns)
    {
        columns.Text(write => write.Name).Text(write => write.Key).Jsonb(write => write.State).Time(write => write.At);
        AuditRows.Bind(columns, write => write.Entry);
    }
}
