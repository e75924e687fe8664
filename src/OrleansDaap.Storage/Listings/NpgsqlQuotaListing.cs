using Npgsql;
using OrleansDaap.Quotas;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;

namespace OrleansDaap.Storage.Listings;

/// <summary>Limits as they are stored, and the sum of the reservations.</summary>
internal sealed class NpgsqlQuotaListing(PlatformDatabase database, StateJson json) : IQuotaListing
{
    private const string Used =
        """
        SELECT coalesce(sum(cpu_cores), 0), coalesce(sum(memory_gib), 0), coalesce(sum(storage_gib), 0), coalesce(sum(databases), 0)::int
        FROM quota_reservation WHERE tier = $1
        """;

    public async Task<Quota> FindAsync(string tier, CancellationToken cancellationToken)
    {
        var stored = await StoredState.FindAsync(database, "quota", tier, cancellationToken);
        var limits = stored is null ? QuotaLimits.None : json.Read<QuotaState>(stored.State).Limits;
        return new Quota(tier, limits, await SumAsync(tier, cancellationToken), stored?.ETag ?? Quota.NeverSet);
    }

    private Task<ResourceAmounts> SumAsync(string tier, CancellationToken cancellationToken) => database.ReadAsync(
        async (connection, token) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Used;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tier });
            await using var reader = await command.ExecuteReaderAsync(token);
            await reader.ReadAsync(token);
            return new ResourceAmounts(reader.GetDecimal(0), reader.GetDecimal(1), reader.GetDecimal(2), reader.GetInt32(3));
        },
        cancellationToken);
}
