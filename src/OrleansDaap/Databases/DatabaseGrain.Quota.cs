using OrleansDaap.Common;
using OrleansDaap.Quotas;

namespace OrleansDaap.Databases;

internal sealed partial class DatabaseGrain
{
    public async Task<DatabaseState> MoveAsync(string tier, AuditEntry? entry)
    {
        await RefreshAsync();
        MustExist();
        var target = await FindTierAsync(tier);
        DatabaseState Move(DatabaseState state) => DatabaseRequests.Move(state, target, clock.GetUtcNow());
        if (Move(database.State) == database.State)
        {
            return Answer();
        }

        // What a crash between the two leaves reserved is found by the quota's sweep: the record does not tell of it.
        var quota = GrainFactory.GetGrain<IQuotaGrain>(tier);
        await quota.ExtendAsync(Id, DatabaseCost.Of(target.Spec));
        try
        {
            // As in a creation: whoever deletes the tier sees our reservation, or we see the tier gone.
            await FindTierAsync(tier);
            return await AcceptAsync(Move, condition: null, entry);
        }
        catch (ProblemException) when (!IsHeldIn(tier))
        {
            await quota.ReleaseAsync(Id);
            throw;
        }
    }

    private bool IsHeldIn(string tier) => database.State.Tier.Id == tier || database.State.MovingFrom.Contains(tier);

    /// <summary>Gives back all that its quotas hold for it.</summary>
    private Task ReleaseQuotaAsync() => Task.WhenAll(
        database.State.MovingFrom.Append(database.State.Tier.Id).Distinct(StringComparer.Ordinal)
            .Select(tier => GrainFactory.GetGrain<IQuotaGrain>(tier).ReleaseAsync(Id)));

    /// <summary>Gives back what its quotas hold beyond the tier that it is in.</summary>
    private Task TrimQuotaAsync() => Task.WhenAll(
        database.State.MovingFrom.Where(tier => tier != database.State.Tier.Id).Select(tier => GrainFactory.GetGrain<IQuotaGrain>(tier).ReleaseAsync(Id))
            .Append(GrainFactory.GetGrain<IQuotaGrain>(database.State.Tier.Id).ReserveAsync(Id, DatabaseCost.Of(database.State.Tier.Spec))));
}
