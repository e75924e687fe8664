using OrleansDaap.Common;

namespace OrleansDaap.Tiers;

internal sealed class TierGrain(
    [PersistentState("tier", "platform")] IPersistentState<TierState> tier, ITierListing listing, TimeProvider clock) : Grain, ITierGrain
{
    public async Task<TierState> CreateAsync(TierSpec spec, AuditEntry? entry)
    {
        var id = this.GetPrimaryKeyString();
        if (tier.RecordExists)
        {
            throw new ProblemException(ProblemCode.NameTaken, $"There is a tier called {id} already.");
        }

        var now = clock.GetUtcNow();
        return await SaveAsync(new TierState { Id = id, Revision = 1, Spec = spec, CreatedAt = now, UpdatedAt = now }, entry);
    }

    public Task<TierState?> GetAsync()
    {
        if (!tier.RecordExists)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(tier.RecordExists ? Answer() : null);
    }

    public async Task<TierState> UpdateAsync(TierSpec spec, int expectedRevision, IfMatch? condition, AuditEntry? entry)
    {
        MustExist();
        condition?.Demand(tier.Etag);
        if (tier.State.Revision != expectedRevision)
        {
            throw new ProblemException(
                ProblemCode.PreconditionFailed, $"The tier is at revision {tier.State.Revision}; the change was made from {expectedRevision}.");
        }

        return tier.State.Spec == spec
            ? Answer()
            : await SaveAsync(tier.State with { Spec = spec, Revision = tier.State.Revision + 1, UpdatedAt = clock.GetUtcNow() }, entry);
    }

    public async Task<TierState> DeleteAsync(IfMatch? condition, AuditEntry? entry)
    {
        MustExist();
        condition?.Demand(tier.Etag);

        // A creation that is just being accepted holds its quota place before it looks at the tier for the last time, so
        // either it is seen here or it sees the tier gone.
        if (await listing.IsInUseAsync(tier.State.Id, CancellationToken.None))
        {
            throw new ProblemException(ProblemCode.TierInUse, $"Databases refer to the tier {tier.State.Id}; delete or move them first.");
        }

        var deleted = tier.State with { Audit = entry };
        await WriteAsync(deleted, tier.ClearStateAsync);
        DeactivateOnIdle();
        return deleted;
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

    private async Task<TierState> SaveAsync(TierState next, AuditEntry? entry)
    {
        await WriteAsync(next with { Audit = entry }, tier.WriteStateAsync);
        tier.State = next;
        return Answer() with { Audit = entry };
    }

    private async Task WriteAsync(TierState next, Func<Task> write)
    {
        var before = tier.State;
        tier.State = next;
        try
        {
            await write();
        }
        catch
        {
            tier.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}
