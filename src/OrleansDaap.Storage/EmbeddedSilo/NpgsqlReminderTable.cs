using System.Globalization;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>The embedded silo's reminders. Only one node is active, so it reads them all.</summary>
internal sealed class NpgsqlReminderTable(PlatformDatabase database, WriteQueue queue) : IReminderTable
{
    private const string Columns = "SELECT grain_id, name, start_at, period_ms, version FROM reminder";

    public async Task<ReminderTableData> ReadRows(uint begin, uint end) => begin == end
        ? new ReminderTableData(await ReadAsync(Columns))
        : throw new NotSupportedException("One node reads all reminders; ranges are for many.");

    public async Task<ReminderTableData> ReadRows(GrainId grainId) =>
        new(await ReadAsync($"{Columns} WHERE grain_id = $1", grainId.ToString()));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        (await ReadAsync($"{Columns} WHERE grain_id = $1 AND name = $2", grainId.ToString(), reminderName)).SingleOrDefault();

    public async Task<string> UpsertRow(ReminderEntry entry) => ToETag(await queue.WriteAsync(new ReminderUpsert(entry)));

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (!long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return false;
        try
        {
            await queue.WriteAsync(new ReminderRemoval(grainId.ToString(), reminderName, version));
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private Task<List<ReminderEntry>> ReadAsync(string sql, params string[] arguments) => database.ReadAsync(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var argument in arguments)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = argument });
            }

            await using var reader = await command.ExecuteReaderAsync(token);
            var entries = new List<ReminderEntry>();
            while (await reader.ReadAsync(token))
            {
                entries.Add(new ReminderEntry
                {
                    GrainId = GrainId.Parse(reader.GetString(0)),
                    ReminderName = reader.GetString(1),
                    StartAt = reader.GetDateTime(2),
                    Period = TimeSpan.FromMilliseconds(reader.GetInt64(3)),
                    ETag = ToETag(reader.GetInt64(4)),
                });
            }

            return entries;
        },
        CancellationToken.None);

    private static string ToETag(long version) => version.ToString(CultureInfo.InvariantCulture);
}
