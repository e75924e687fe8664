using OrleansDaap.Common;

namespace OrleansDaap.Quotas;

/// <summary>The reservations of all tiers. Only the tier's quota grain writes them.</summary>
public interface IQuotaLedger
{
    Task<QuotaLedger> ReadAsync(string tier);

    /// <summary>Adds, replaces (same database) and removes reservations in one durable step, if the ledger's version is still the one given.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="Orleans.Storage.InconsistentStateException">Somebody else wrote; nothing was written now.</exception>
    Task<long> WriteAsync(string tier, long version, IReadOnlyCollection<Reservation> added, IReadOnlyCollection<DatabaseId> removed);

    /// <summary>Databases that hold a reservation made before <paramref name="before"/> and have no record, or one whose cluster is gone.</summary>
    Task<IReadOnlyList<DatabaseId>> ListOrphansAsync(string tier, DateTimeOffset before);
}
