using System.Text.Json;
using Npgsql;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Idempotency;

/// <summary>
/// A row per request. It is claimed by a statement of its own, which PostgreSQL lets only one of many win, and answered together with
/// whatever else is being written.
/// </summary>
internal sealed class NpgsqlIdempotencyStore(PlatformDatabase database, WriteQueue queue, Fence fence, TimeProvider time) : IIdempotencyStore
{
    /// <summary>A request makes three grain calls of 30 s at most; a holder that is silent for longer is dead or stuck.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    // An expired row is another request's by now. One without an answer is taken over when its lease has run out, or when its node
    // is no longer the active one, whose writes are refused: after a restart nobody has to wait. Its resource stays the same.
    // A row with the resource that was drawn just now is our own, and its statement is repeated after a broken connection.
    private const string Claim =
        """
        INSERT INTO idempotency AS held (team, route, key, body_hash, claim, silo_token, resource_id, lease_until, expires_at)
        VALUES ($1, $2, $3, $4, nextval('idempotency_claim'), $5, $6, $8, $9)
        ON CONFLICT (team, route, key) DO UPDATE SET
            body_hash = excluded.body_hash, claim = excluded.claim, silo_token = excluded.silo_token, lease_until = excluded.lease_until,
            resource_id = CASE WHEN held.expires_at <= $7 THEN excluded.resource_id ELSE held.resource_id END,
            expires_at = excluded.expires_at, status = NULL, answer = NULL
        WHERE held.expires_at <= $7 OR held.resource_id = excluded.resource_id
            OR (held.status IS NULL AND held.body_hash = excluded.body_hash
                AND (held.lease_until <= $7 OR held.silo_token < excluded.silo_token))
        RETURNING claim, resource_id
        """;

    private const string Find = "SELECT body_hash, answer FROM idempotency WHERE team = $1 AND route = $2 AND key = $3";

    private const string Release = "UPDATE idempotency SET lease_until = $5 WHERE team = $1 AND route = $2 AND key = $3 AND claim = $4";

    public async Task<IdempotencyClaim> ClaimAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        var token = fence.Stamp() ?? 0;
        var now = time.GetUtcNow();
        var drawn = SortableId.New(now);
        return await database.ReadAsync(
            async (connection, cancellation) =>
                await ClaimAsync(connection, key, token, drawn, now, cancellation) ?? await FindAsync(connection, key, cancellation),
            cancellationToken);
    }

    public Task AnswerAsync(IdempotencyKey key, long claim, StoredAnswer answer) =>
        queue.WriteAsync(new AnswerWrite(key, claim, answer.Status, JsonSerializer.Serialize(answer, AnswerJson.Default.StoredAnswer)));

    public Task ReleaseAsync(IdempotencyKey key, long claim) => database.ReadAsync(
        async (connection, cancellation) =>
        {
            await using var command = Command(connection, Release, key);
            Add(command, claim);
            Add(command, time.GetUtcNow().UtcDateTime);
            return await command.ExecuteNonQueryAsync(cancellation);
        },
        CancellationToken.None);

    private static async Task<IdempotencyClaim?> ClaimAsync(
        NpgsqlConnection connection, IdempotencyKey key, long token, string drawn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, Claim, key);
        Add(command, key.BodyHash);
        Add(command, token);
        Add(command, drawn);
        Add(command, now.UtcDateTime);
        Add(command, (now + Lease).UtcDateTime);
        Add(command, (now + KeptFor).UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new IdempotencyClaim.Mine(reader.GetInt64(0), reader.GetString(1), IsRetaken: reader.GetString(1) != drawn)
            : null;
    }

    private static async Task<IdempotencyClaim> FindAsync(NpgsqlConnection connection, IdempotencyKey key, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, Find, key);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        // Gone between the two statements: it had just expired, and the next attempt gets it.
        if (!await reader.ReadAsync(cancellationToken))
            return new IdempotencyClaim.Running();
        if (reader.GetString(0) != key.BodyHash)
            return new IdempotencyClaim.Reused();
        return await reader.IsDBNullAsync(1, cancellationToken)
            ? new IdempotencyClaim.Running()
            : new IdempotencyClaim.Answered(JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(1), AnswerJson.Default.StoredAnswer)!);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, IdempotencyKey key)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        Add(command, key.Team);
        Add(command, key.Route);
        Add(command, key.Key);
        return command;
    }

    private static void Add<T>(NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
