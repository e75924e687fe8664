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

    /// <summary>
    /// Reservations last made before <paramref name="before"/> that are not what the database's record says, each as it should be: nothing for a
    /// database that has no record, or whose cluster is gone, or that is of another tier and is not moving from this one.
    /// </summary>
    Task<IReadOnlyList<Reservation>> ListStrayAsync(string tier, DateTimeOffset before);
}
