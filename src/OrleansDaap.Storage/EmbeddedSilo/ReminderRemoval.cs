using Orleans.Storage;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>Removes a reminder of a known version.</summary>
internal sealed class ReminderRemoval(string grainId, string name, long version) : Write
{
    private static readonly WriteKind Statement = new WriteKind<ReminderRemoval>(
        """
        DELETE FROM reminder USING unnest($1, $2, $3) WITH ORDINALITY AS wanted (grain_id, name, version, position)
        WHERE reminder.grain_id = wanted.grain_id AND reminder.name = wanted.name AND reminder.version = wanted.version
        RETURNING position, reminder.version
        """,
        columns => columns.Text(write => write.GrainId).Text(write => write.Name).Bigint(write => write.Version));

    public string GrainId => grainId;

    public string Name => name;

    public long Version => version;

    public override WriteKind Kind => Statement;

    public override string Row => $"reminder/{name}/{grainId}";

    protected override Exception Refused() => new InconsistentStateException($"Reminder {name} of {grainId} is not at version {version}.");
}
