using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.Quotas;

/// <summary>Adds and removes reservations of one tier, if its ledger is still at the version they were reckoned from.</summary>
internal sealed class LedgerWrite(
    string tier, long version, IReadOnlyCollection<Reservation> added, IReadOnlyCollection<DatabaseId> removed, DateTimeOffset at) : Write
{
    private static readonly WriteKind Statement = new WriteKind<LedgerWrite>(
        """
        WITH wanted AS (SELECT * FROM unnest($1, $2) WITH ORDINALITY AS wanted (tier, version, position)),
        raised AS (
            UPDATE quota_ledger SET version = quota_ledger.version + 1 FROM wanted
            WHERE quota_ledger.tier = wanted.tier AND quota_ledger.version = wanted.version RETURNING quota_ledger.tier),
        begun AS (
            INSERT INTO quota_ledger (tier, version) SELECT tier, 1 FROM wanted WHERE version = 0
            ON CONFLICT DO NOTHING RETURNING tier),
        won AS (SELECT tier, wanted.version + 1 AS version, position FROM wanted WHERE tier IN (SELECT tier FROM raised UNION ALL SELECT tier FROM begun)),
        removed AS (
            DELETE FROM quota_reservation USING unnest($3, $4) AS gone (tier, database_id), won
            WHERE quota_reservation.tier = gone.tier AND quota_reservation.database_id = gone.database_id AND won.tier = gone.tier),
        added AS (
            INSERT INTO quota_reservation (tier, database_id, cpu_cores, memory_gib, storage_gib, databases, reserved_at)
            SELECT new.* FROM unnest($5, $6, $7, $8, $9, $10, $11)
                AS new (tier, database_id, cpu_cores, memory_gib, storage_gib, databases, reserved_at) JOIN won ON won.tier = new.tier
            ON CONFLICT (tier, database_id) DO UPDATE SET
                cpu_cores = excluded.cpu_cores, memory_gib = excluded.memory_gib, storage_gib = excluded.storage_gib,
                databases = excluded.databases, reserved_at = excluded.reserved_at)
        SELECT position, version FROM won
        """,
        columns =>
        {
            columns.Text(write => write.Tier).Bigint(write => write.Version);
            columns.Each(write => write.Removed).Text(gone => gone.Row.Tier).Text(gone => gone.Item);
            columns.Each(write => write.Added).Text(added => added.Row.Tier).Text(added => added.Item.DatabaseId.Value)
                .Numeric(added => added.Item.Cost.CpuCores).Numeric(added => added.Item.Cost.MemoryGib)
                .Numeric(added => added.Item.Cost.StorageGib).Integer(added => added.Item.Cost.Databases).Time(added => added.Row.At);
        });

    public string Tier => tier;

    public long Version => version;

    public DateTimeOffset At => at;

    /// <summary>The last of each database counts: one statement cannot touch a row twice.</summary>
    public IReadOnlyCollection<Reservation> Added { get; } =
        [.. added.GroupBy(reservation => reservation.DatabaseId).Select(group => group.Last())];

    /// <summary>Whoever is added too stays.</summary>
    public IReadOnlyCollection<string> Removed { get; } =
        [.. removed.Except(added.Select(reservation => reservation.DatabaseId)).Select(id => id.Value)];

    public override WriteKind Kind => Statement;

    public override string Row => $"quota_ledger/{tier}";

    protected override Exception Refused() =>
        new InconsistentStateException($"The quota ledger of tier {tier} is not at version {version} any more; nothing was written.");
}
