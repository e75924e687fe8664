using System.Globalization;
using System.Text.Json.Serialization;
using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Tiers;

namespace OrleansDaap.Databases;

/// <summary>
/// Everything that is kept of one database: what was asked for, what is wanted of its cluster, what was last observed of it,
/// and what clients are told, which <see cref="DatabasePlan"/> derives from the rest.
/// </summary>
[GenerateSerializer, Immutable, Alias("daap.database")]
public sealed record DatabaseState : IAudited
{
    [Id(0)]
    public DatabaseId Id { get; init; }

    [Id(1)]
    public string Name { get; init; } = "";

    [Id(2)]
    public string OwnerTeam { get; init; } = "";

    [Id(3)]
    public string Purpose { get; init; } = "";

    /// <summary>The tier as it was when the database was made, or last moved to it.</summary>
    [Id(4)]
    public TierState Tier { get; init; } = null!;

    [Id(5)]
    public bool DeletionProtection { get; init; }

    [Id(6)]
    public WantedCluster Wanted { get; init; }

    /// <summary>Raised with every change of what is wanted of the cluster.</summary>
    [Id(7)]
    public long Generation { get; init; }

    /// <summary>When the present generation became wanted, or was last tried again: since then the backend should be at work.</summary>
    [Id(8)]
    public DateTimeOffset WantedSince { get; init; }

    /// <summary>Null until the backend was looked at for the first time.</summary>
    [Id(9)]
    public ClusterObservation? Observed { get; init; }

    [Id(10)]
    public DatabaseStatus Status { get; init; }

    [Id(11)]
    public StatusReason? StatusReason { get; init; }

    /// <summary>False while there is work to do on it; what a starting server looks for.</summary>
    [Id(12)]
    public bool Settled { get; init; }

    /// <summary>Attempts that failed since the last success; decides how long the next one waits.</summary>
    [Id(13)]
    public int Failures { get; init; }

    /// <summary>When the first of those attempts failed.</summary>
    [Id(33)]
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>No further attempt before this moment.</summary>
    [Id(14)]
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The latest operations, oldest first.</summary>
    [Id(15)]
    public IReadOnlyList<Operation> Operations { get => field ?? []; init; }

    /// <summary>How many operations there ever were.</summary>
    [Id(16)]
    public int OperationCount { get; init; }

    [Id(17)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it first became ready.</summary>
    [Id(18)]
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When what a client sees last changed; no two states that look different share it.</summary>
    [Id(19)]
    public DateTimeOffset UpdatedAt { get; init; }

    [Id(20)]
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Null where the tier takes no backups, and before the first one is due.</summary>
    [Id(30)]
    public BackupState? Backups { get; init; }

    /// <summary>What it was made of; null for one that began empty.</summary>
    [Id(31)]
    public RecoverySource? RestoredFrom { get; init; }

    /// <summary>How far its archive has come; null unless it is, or is to be, archived.</summary>
    [Id(32)]
    public ArchiveState? Archive { get; init; }

    /// <summary>The restores that need its backups; null when there are none. Not shown.</summary>
    [Id(34)]
    public IReadOnlyList<RestoreHold>? Restores { get; init; }

    /// <summary>The version that clients guard a change with. It follows <see cref="UpdatedAt"/>, so that what they cannot see does not change it.</summary>
    [Id(21), JsonIgnore]
    public string? ETag { get; init; }

    /// <inheritdoc />
    [Id(40), JsonIgnore]
    public AuditEntry? Audit { get; init; }

    /// <summary>
    /// Not empty while it moves: the tiers in whose quota it may still hold more than it needs, which it gives back once its cluster is what
    /// <see cref="Tier"/> says. The ledger's sweep reads it.
    /// </summary>
    [Id(22)]
    public IReadOnlyList<string> MovingFrom { get => field ?? []; init; }

    /// <summary>The extensions that were last seen in it; kept while nobody can look.</summary>
    [Id(23)]
    public IReadOnlyList<PostgresExtension> Extensions { get => field ?? []; init; }

    /// <summary>When they were last seen so and that was written down; null when never. See <see cref="ExtensionWatch"/>.</summary>
    [Id(24)]
    public DateTimeOffset? ExtensionsObservedAt { get; init; }

    /// <summary>What it is to hold in its tier's quota. It follows from the tier and is written for the ledger's sweep alone.</summary>
    public ResourceAmounts? Cost => Tier is { } tier ? DatabaseCost.Of(tier.Spec) : null;

    /// <summary>The same, as seen anew at this moment.</summary>
    public DatabaseState ChangedAt(DateTimeOffset now) => this with { UpdatedAt = now > UpdatedAt ? now : UpdatedAt.AddTicks(1) };

    /// <summary>The state with the version that it has for clients.</summary>
    public DatabaseState WithETag() => this with { ETag = UpdatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture) };
}
