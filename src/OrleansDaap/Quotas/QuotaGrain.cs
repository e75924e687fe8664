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
    private const string OrphansReminder = "orphans";

    /// <summary>The version of limits that nobody has set yet; storage's begin at 1.</summary>
    private const string NeverSet = "0";

    /// <summary>Far longer than a creation lives between its reservation and its record: both are calls of at most 30 s.</summary>
    private static readonly TimeSpan OrphanAge = TimeSpan.FromMinutes(10);

    private readonly Dictionary<DatabaseId, ResourceAmounts> _held = [];
    private Dictionary<DatabaseId, ResourceAmounts?> _uncommitted = [];
    private ResourceAmounts _used = ResourceAmounts.Zero;

    /// <summary>What is used by what the ledger holds. Nobody is told of more, which a crash would undo.</summary>
    private ResourceAmounts _usedStored = ResourceAmounts.Zero;

    /// <summary>The limits that are stored: others hold for nobody yet.</summary>
    private QuotaLimits _limits = QuotaLimits.None;
    private string _limitsVersion = NeverSet;
    private long _version;
    private Task _lastCommit = Task.CompletedTask;
    private Task? _nextCommit;
    private Task _limitsSet = Task.CompletedTask;

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
        (_limits, _limitsVersion) = (quota.State.Limits, quota.Etag ?? NeverSet);
    }

    public async Task ReserveAsync(DatabaseId database, ResourceAmounts cost)
    {
        var former = _held.GetValueOrDefault(database, ResourceAmounts.Zero);
        if (former != cost)
        {
            var violations = QuotaPlan.Violations(_limits, _used, former, cost);
            if (violations.Count > 0)
            {
                throw new ProblemException(ProblemCode.QuotaExceeded, $"The quota of tier {Tier} has no room for that.")
                {
                    Tier = Tier,
                    Violations = violations,
                };
            }

            _used = _used - former + cost;
            _held[database] = cost;
            _uncommitted[database] = cost;
        }

        await CommitAsync();
    }

    public async Task ReleaseAsync(DatabaseId database)
    {
        if (_held.Remove(database, out var cost))
        {
            _used -= cost;
            _uncommitted[database] = null;
        }

        await CommitAsync();
    }

    public Task<Quota> SetLimitsAsync(QuotaLimits limits, IfMatch? condition, AuditEntry? entry)
    {
        var limitsSet = SetLimitsAfterAsync(_limitsSet, limits, condition, entry);
        _limitsSet = limitsSet;
        return limitsSet;
    }

    public Task<Quota> GetAsync() => Task.FromResult(new Quota(Tier, _limits, _usedStored, _limitsVersion));

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        foreach (var orphan in await ledger.ListOrphansAsync(Tier, clock.GetUtcNow() - OrphanAge))
        {
            await ReleaseAsync(orphan);
        }
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

        (_limits, _limitsVersion) = (limits, quota.Etag ?? NeverSet);
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
                await this.RegisterOrUpdateReminder(OrphansReminder, OrphanAge, OrphanAge);
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
