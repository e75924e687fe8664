namespace OrleansDaap.Quotas;

/// <summary>A tier's reservations and the version that they were read at; 0 for a ledger that was never written.</summary>
public sealed record QuotaLedger(long Version, IReadOnlyList<Reservation> Reservations);
