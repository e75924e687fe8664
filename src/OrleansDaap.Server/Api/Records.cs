using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api;

/// <summary>
/// Single records, for showing them. The grain tells them from memory, a hundred times as cheaply as the store; where this node has no
/// grains, because it stands by, or the grain's silo has just died, the store tells them. Both tell what is stored and nothing else.
/// </summary>
internal sealed class Records(
    IGrainFactory grains, IApiKeyListing keys, IDatabaseListing databases, ITierListing tiers, IQuotaListing quotas, TimeProvider time)
{
    /// <summary>Who calls with this key; null when it is unknown, expired or revoked. Uses that only the store was asked about are not noted.</summary>
    public Task<Caller?> CallerAsync(string key, CancellationToken cancellationToken)
    {
        var (id, hash) = (ApiKeySecret.IdOf(key), ApiKeySecret.HashOf(key));
        return ReadAsync(
            () => grains.GetGrain<IApiKeyGrain>(id).AuthenticateAsync(hash),
            async () => (await keys.FindAsync(id, cancellationToken))?.CallerOf(hash, time.GetUtcNow()));
    }

    public Task<DatabaseState?> DatabaseAsync(DatabaseId id, CancellationToken cancellationToken) =>
        ReadAsync(() => grains.GetGrain<IDatabaseGrain>(id.Value).GetAsync(), () => databases.FindAsync(id, cancellationToken));

    /// <summary>A database that the caller may see; another team's is as if it were not there.</summary>
    /// <exception cref="ProblemException">not-found.</exception>
    public async Task<DatabaseState> VisibleDatabaseAsync(DatabaseId id, Caller caller, CancellationToken cancellationToken) =>
        await DatabaseAsync(id, cancellationToken) is { } database && caller.Sees(database.OwnerTeam)
            ? database
            : throw ProblemException.NotFound("such database");

    /// <summary>The tier as it stands; null when there is none, or can be none of this name.</summary>
    public Task<TierState?> TierAsync(string id, CancellationToken cancellationToken) => Slug.IsWellFormed(id, Slug.MaxNameLength)
        ? ReadAsync(() => grains.GetGrain<ITierGrain>(id).GetAsync(), () => tiers.FindAsync(id, cancellationToken))
        : Task.FromResult<TierState?>(null);

    /// <summary>What a tier's quota is, if there is such a tier.</summary>
    public Task<Quota> QuotaAsync(string tier, CancellationToken cancellationToken) =>
        ReadAsync(() => grains.GetGrain<IQuotaGrain>(tier).GetAsync(), () => quotas.FindAsync(tier, cancellationToken));

    private static async Task<T> ReadAsync<T>(Func<Task<T>> ofGrain, Func<Task<T>> ofStore)
    {
        try
        {
            return await ofGrain();
        }
        catch (OrleansMessageRejectionException)
        {
            return await ofStore();
        }
    }
}
