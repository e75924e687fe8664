using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>What a new cluster is made of instead of an empty one: another's backups, up to a moment.</summary>
/// <param name="Database">Whose backups; its cluster may be gone or broken.</param>
/// <param name="TargetTime">
/// Transactions that committed at or before it are there, later ones are not. After the last commit it means all of them.
/// </param>
[GenerateSerializer, Immutable, Alias("daap.recovery-source")]
public sealed record RecoverySource([property: Id(0)] DatabaseId Database, [property: Id(1)] DateTimeOffset TargetTime);
