using Npgsql;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Drills;

/// <summary>The points that a recovery can stop at exactly.</summary>
internal static class Points
{
    /// <summary>A restore point, which only a superuser makes.</summary>
    public static async Task<(string Name, DateTimeOffset At)> Named(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var name = $"daap-{Guid.NewGuid():N}";
        return (name, await ReadAsync(connection, $"SELECT clock_timestamp(), pg_create_restore_point('{name}')::text", reader => new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero), cancellationToken));
    }

    /// <summary>A transaction of its own that changes nothing and is committed when this returns; anybody can. Its id is the name.</summary>
    public static MakePoint Transaction(OpenDatabase open) => async (_, cancellationToken) =>
    {
        await using var other = await open(ClusterEndpoint.Database, cancellationToken);
        var (at, id) = await ReadAsync(other, "SELECT clock_timestamp(), pg_current_xact_id()::text", reader => (reader.GetDateTime(0), reader.GetString(1)), cancellationToken);
        return (id, new DateTimeOffset(at, TimeSpan.Zero));
    };

    private static async Task<T> ReadAsync<T>(NpgsqlConnection connection, string query, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return read(reader);
    }
}
