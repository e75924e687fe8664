using Orleans.Concurrency;
using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>
/// Decides in memory and commits in groups: calls that arrive while one write is under way share the next, so that many
/// creators of one tier do not queue for a write each. Nobody is answered before the write that holds their change.
/// </summary>
[Reentrant]
internal sealed class QuotaGrain(
    [PersistentState("quota", "platform")] IPersistentState<QuotaState> quota, IQuotaLedger ledger, TimeProvider clock)
    : Grain, IQuotaGrain, IRemindable
{
    private const string StrayReminder = "orphans";

    /// <summary>Far longer than a creation or a move lives between its reservation and its record: both are calls of at most 30 s.</summary>
    private static readonly TimeSpan StrayAge = TimeSpan.FromMinutes(10);

    private readonly Dictionary<DatabaseId, ResourceAmounts> _held = [];
    private Dictionary<DatabaseId, ResourceAmounts?> _uncommitted = [];
    private ResourceAmounts _used = ResourceAmounts.Zero;

    /// <summary>What is used by what the ledger holds. Nobody is told of more, which a crash would undo.</summary>
    private ResourceAmounts _usedStored = ResourceAmounts.Zero;

    /// <summary>The limits that are stored: others hold for nobody yet.</summary>
    private QuotaLimits _limits = QuotaLimits.None;
    private string _limitsVersion = Quota.NeverSet;
    private long _version;
    private Task _lastCommit = Task.CompletedTask;
    private Task? _nextCommit;
    private Task _limitsSet = Task.CompletedTask;

    /// <summary>Those that reserved since the present sweep began, which knows nothing of it.</summary>
    private HashSet<DatabaseId>? _reservedMeanwhile;

    private string Tier => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var stored = await ledger.ReadAsync(Tier);
        _version = stored.Version;
        foreach (var reservation in stored.Reservations)
        {
            _held.Add(reservation.DatabaseId, reservation.Cost);
            _used += reservation.Cost;
        }

        _usedStored = _used;
        (_limits, _limitsVersion) = (quota.State.Limits, quota.Etag ?? Quota.NeverSet);
    }

    public Task ReserveAsync(DatabaseId database, ResourceAmounts cost)
    {
        var violations = QuotaPlan.Violations(_limits, _used, Held(database), cost);
        if (violations.Count > 0)
        {
            throw new ProblemException(ProblemCode.QuotaExceeded, $"The quota of tier {Tier} has no room for that.")
            {
                Tier = Tier,
                Violations = violations,
            };
        }

        _reservedMeanwhile?.Add(database);
        return HoldAsync(database, cost);
    }

    public Task ExtendAsync(DatabaseId database, ResourceAmounts cost) => ReserveAsync(database, ResourceAmounts.Max(Held(database), cost));

    public Task ReleaseAsync(DatabaseId database) => _held.ContainsKey(database) ? HoldAsync(database, ResourceAmounts.Zero) : CommitAsync();

    public Task<Quota> SetLimitsAsync(QuotaLimits limits, IfMatch? condition, AuditEntry? entry)
    {
        var limitsSet = SetLimitsAfterAsync(_limitsSet, limits, condition, entry);
        _limitsSet = limitsSet;
        return limitsSet;
    }

    public Task<Quota> GetAsync() => Task.FromResult(new Quota(Tier, _limits, _usedStored, _limitsVersion));

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var meanwhile = _reservedMeanwhile = [];

        // What is decided by now must be what the ledger shows.
        await CommitAsync();
        foreach (var stray in await ledger.ListStrayAsync(Tier, clock.GetUtcNow() - StrayAge))
        {
            if (!meanwhile.Contains(stray.DatabaseId))
            {
                await HoldAsync(stray.DatabaseId, stray.Cost);
            }
        }

        _reservedMeanwhile = null;
    }

    private ResourceAmounts Held(DatabaseId database) => _held.GetValueOrDefault(database, ResourceAmounts.Zero);

    /// <summary>Also what is held already is written again: that it is reserved now keeps the sweep from it.</summary>
    private Task HoldAsync(DatabaseId database, ResourceAmounts cost)
    {
        _used = _used - Held(database) + cost;
        if (cost == ResourceAmounts.Zero)
        {
            _held.Remove(database);
            _uncommitted[database] = null;
        }
        else
        {
            _held[database] = cost;
            _uncommitted[database] = cost;
        }

        return CommitAsync();
    }

    /// <summary>One after another, although calls interleave: of two that name the same version only the first may find it.</summary>
    private async Task<Quota> SetLimitsAfterAsync(Task former, QuotaLimits limits, IfMatch? condition, AuditEntry? entry)
    {
        await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        condition?.Demand(_limitsVersion);
        quota.State = new QuotaState { Limits = limits, Audit = entry };
        try
        {
            await quota.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        (_limits, _limitsVersion) = (limits, quota.Etag ?? Quota.NeverSet);
        return await GetAsync() with { Audit = entry };
    }

    /// <summary>Returns when everything decided so far is durable.</summary>
    private Task CommitAsync()
    {
        if (_uncommitted.Count == 0)
        {
            return _nextCommit ?? _lastCommit;
        }

        return _nextCommit ??= CommitAfterAsync(_lastCommit);
    }

    private async Task CommitAfterAsync(Task former)
    {
        // Lets the caller note this task as the next commit before it begins.
        await Task.Yield();

        // Once a commit has failed, memory and ledger may disagree: the ones behind it fail too, and the next activation reads anew.
        await former;
        _lastCommit = _nextCommit!;
        _nextCommit = null;
        var changes = _uncommitted;
        _uncommitted = [];
        var used = _used;
        try
        {
            if (_version == 0)
            {
                await this.RegisterOrUpdateReminder(StrayReminder, StrayAge, StrayAge);
            }

            _version = await ledger.WriteAsync(
                Tier,
                _version,
                [.. changes.Where(change => change.Value is not null).Select(change => new Reservation(change.Key, change.Value!))],
                [.. changes.Where(change => change.Value is null).Select(change => change.Key)]);
            _usedStored = used;
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
