using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;
using OrleansDaap.Tiers;

namespace OrleansDaap.Storage.Listings;

/// <summary>Tiers by the age of their rows, and what refers to them.</summary>
internal sealed class NpgsqlTierListing(PlatformDatabase database, StateJson json) : ITierListing
{
    // Tier by tier and status by status, from the index that is there for counting.
    private const string Count =
        """
        SELECT tier.id, sum(found.databases)::int FROM unnest($1) AS tier (id) CROSS JOIN unnest($2) AS wanted (status) CROSS JOIN LATERAL (
            SELECT count(*) AS databases FROM grain_state
            WHERE kind = 'database' AND grain_state.status = wanted.status AND grain_state.tier = tier.id) AS found
        GROUP BY tier.id HAVING sum(found.databases) > 0
        """;

    private const string InUse =
        """
        SELECT EXISTS (SELECT FROM quota_reservation WHERE tier = $1)
            OR EXISTS (SELECT FROM grain_state WHERE kind = 'database' AND tier = $1 AND status = ANY($2))
        """;

    private const string Kind = "tier";

    private static readonly ByAge.Order Order = new(Kind);

    public Task<Page<TierState>> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        ByAge.ListAsync<TierState>(database, json, Order, page, cancellationToken);

    public async Task<TierState?> FindAsync(string tier, CancellationToken cancellationToken) =>
        await StoredState.FindAsync(database, Kind, tier, cancellationToken) is { } stored
            ? json.Read<TierState>(stored.State) with { ETag = stored.ETag }
            : null;

    public Task<IReadOnlyDictionary<string, int>> CountDatabasesAsync(IReadOnlyCollection<string> tiers, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, int>>(
            async (connection, token) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = Count;
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tiers.Distinct()] });
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Statuses.Live });
                await using var reader = await command.ExecuteReaderAsync(token);
                var counts = new Dictionary<string, int>(StringComparer.Ordinal);
                while (await reader.ReadAsync(token))
                {
                    counts.Add(reader.GetString(0), reader.GetInt32(1));
                }

                return counts;
            },
            cancellationToken);

    public Task<bool> IsInUseAsync(string tier, CancellationToken cancellationToken) => database.ReadAsync(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = InUse;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tier });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Statuses.Live });
            return (bool)(await command.ExecuteScalarAsync(token))!;
        },
        cancellationToken);
}
