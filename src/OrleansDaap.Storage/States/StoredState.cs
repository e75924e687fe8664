using System.Globalization;
using Npgsql;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.States;

/// <summary>One grain's row as it is stored.</summary>
internal sealed record StoredState(byte[] State, string ETag)
{
    /// <summary>Null when there is none.</summary>
    public static Task<StoredState?> FindAsync(PlatformDatabase database, string kind, string key, CancellationToken cancellationToken) =>
        database.ReadAsync((connection, token) => FindAsync(connection, kind, key, token), cancellationToken);

    private static async Task<StoredState?> FindAsync(NpgsqlConnection connection, string kind, string key, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT state, version FROM grain_state WHERE kind = $1 AND key = $2";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetFieldValue<byte[]>(0), reader.GetInt64(1).ToString(CultureInfo.InvariantCulture))
            : null;
    }
}
