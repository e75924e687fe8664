using System.Collections.Concurrent;
using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Quotas;

namespace OrleansDaap.Testing;

/// <summary>A quota ledger that outlives silos but not the test.</summary>
public sealed class InMemoryQuotaLedger : IQuotaLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Version, Dictionary<DatabaseId, ResourceAmounts> Held)> _ledgers = [];

    /// <summary>Runs before every write; may wait or throw, as a slow or broken store does.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    /// <summary>Runs after every write that was made; when it throws, the writer never hears that it was.</summary>
    public Func<Task>? AfterWrite { get; set; }

    /// <summary>What <see cref="ListStrayAsync"/> finds.</summary>
    public ConcurrentBag<Reservation> Strays { get; } = [];

    /// <summary>The only tier that has any; null: each has.</summary>
    public string? StraysOf { get; set; }

    /// <summary>Runs before strays are listed; may wait.</summary>
    public Func<Task>? BeforeList { get; set; }

    public int Writes { get; private set; }

    public Task<QuotaLedger> ReadAsync(string tier)
    {
        lock (_gate)
        {
            var (version, held) = Of(tier);
            return Task.FromResult(new QuotaLedger(version, [.. held.Select(one => new Reservation(one.Key, one.Value))]));
        }
    }

    public async Task<long> WriteAsync(string tier, long version, IReadOnlyCollection<Reservation> added, IReadOnlyCollection<DatabaseId> removed)
    {
        await (BeforeWrite?.Invoke() ?? Task.CompletedTask);
        var written = Write(tier, version, added, removed);
        await (AfterWrite?.Invoke() ?? Task.CompletedTask);
        return written;
    }

    public async Task<IReadOnlyList<Reservation>> ListStrayAsync(string tier, DateTimeOffset before)
    {
        await (BeforeList?.Invoke() ?? Task.CompletedTask);
        return StraysOf is { } only && only != tier ? [] : [.. Strays];
    }

    private long Write(string tier, long version, IReadOnlyCollection<Reservation> added, IReadOnlyCollection<DatabaseId> removed)
    {
        lock (_gate)
        {
            var (stored, held) = Of(tier);
            if (stored != version)
            {
                throw new InconsistentStateException($"The ledger of {tier} was changed by another.");
            }

            foreach (var reservation in added)
            {
                held[reservation.DatabaseId] = reservation.Cost;
            }

            foreach (var database in removed)
            {
                held.Remove(database);
            }

            Writes++;
            _ledgers[tier] = (version + 1, held);
            return version + 1;
        }
    }

    private (long Version, Dictionary<DatabaseId, ResourceAmounts> Held) Of(string tier) =>
        _ledgers.TryGetValue(tier, out var ledger) ? ledger : (0, []);
}
