using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

internal sealed class TierGrain(
    [PersistentState("tier", "platform")] IPersistentState<TierState> tier, ITierListing listing, TimeProvider clock) : Grain, ITierGrain
{
    public async Task<TierState> CreateAsync(TierSpec spec)
    {
        var id = this.GetPrimaryKeyString();
        if (tier.RecordExists)
        {
            throw new ProblemException(ProblemCode.NameTaken, $"There is a tier called {id} already.");
        }

        var now = clock.GetUtcNow();
        await SaveAsync(new TierState { Id = id, Revision = 1, Spec = spec, CreatedAt = now, UpdatedAt = now });
        return Answer();
    }

    public Task<TierState?> GetAsync()
    {
        if (!tier.RecordExists)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(tier.RecordExists ? Answer() : null);
    }

    public async Task<TierState> UpdateAsync(TierSpec spec, int expectedRevision, IfMatch? condition)
    {
        MustExist();
        condition?.Demand(tier.Etag);
        if (tier.State.Revision != expectedRevision)
        {
            throw new ProblemException(
                ProblemCode.PreconditionFailed, $"The tier is at revision {tier.State.Revision}; the change was made from {expectedRevision}.");
        }

        if (tier.State.Spec != spec)
        {
            await SaveAsync(tier.State with { Spec = spec, Revision = tier.State.Revision + 1, UpdatedAt = clock.GetUtcNow() });
        }

        return Answer();
    }

    public async Task DeleteAsync(IfMatch? condition)
    {
        MustExist();
        condition?.Demand(tier.Etag);

        // A creation that is just being accepted holds its quota place before it looks at the tier for the last time, so
        // either it is seen here or it sees the tier gone.
        if (await listing.IsInUseAsync(tier.State.Id, CancellationToken.None))
        {
            throw new ProblemException(ProblemCode.TierInUse, $"Databases refer to the tier {tier.State.Id}; delete or move them first.");
        }

        await tier.ClearStateAsync();
        DeactivateOnIdle();
    }

    private TierState Answer() => tier.State with { ETag = tier.Etag };

    private void MustExist()
    {
        if (!tier.RecordExists)
        {
            DeactivateOnIdle();
            throw ProblemException.NotFound($"tier called {this.GetPrimaryKeyString()}");
        }
    }

    private async Task SaveAsync(TierState next)
    {
        var before = tier.State;
        tier.State = next;
        try
        {
            await tier.WriteStateAsync();
        }
        catch
        {
            tier.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}
