using Orleans;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>Adds or replaces a reminder.</summary>
internal sealed class ReminderUpsert(ReminderEntry entry) : Write
{
    private static readonly WriteKind Statement = new WriteKind<ReminderUpsert>(
        """
        WITH wanted AS (SELECT * FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS wanted (grain_id, name, start_at, period_ms, position)),
        written AS (
            INSERT INTO reminder (grain_id, name, start_at, period_ms) SELECT grain_id, name, start_at, period_ms FROM wanted
            ON CONFLICT (grain_id, name) DO UPDATE SET
                start_at = excluded.start_at, period_ms = excluded.period_ms, version = nextval('reminder_version')
            RETURNING grain_id, name, version)
        SELECT position, version FROM written JOIN wanted USING (grain_id, name)
        """,
        columns => columns.Text(write => write.GrainId).Text(write => write.Entry.ReminderName)
            .Time(write => DateTime.SpecifyKind(write.Entry.StartAt, DateTimeKind.Utc)).Bigint(write => (long)write.Entry.Period.TotalMilliseconds));

    public ReminderEntry Entry => entry;

    public string GrainId { get; } = entry.GrainId.ToString();

    public override WriteKind Kind => Statement;

    public override string Row => $"reminder/{entry.ReminderName}/{GrainId}";

    protected override Exception Refused() => new InvalidOperationException("A reminder is always written.");
}
